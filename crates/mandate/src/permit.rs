//! The proof that an act was checked against a live mandate.

use crate::Mandate;
use noroshi_model::{Micros, Purpose};
use std::marker::PhantomData;

/// Something a mandate can permit. Sealed: new acts are added here, beside their purpose.
pub trait Act: sealed::Sealed {
    /// The word for refusals and records.
    const WORD: &'static str;
    /// The purpose the mandate must name.
    const PURPOSE: Purpose;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! act {
    ($(#[$doc:meta])* $name:ident, $word:literal, $purpose:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}
        impl sealed::Sealed for $name {}
        impl Act for $name {
            const WORD: &'static str = $word;
            const PURPOSE: Purpose = Purpose::$purpose;
        }
    };
}

act!(
    /// Analyse recorded flow exports.
    Analyze, "analyze", FindAttackServers
);
act!(
    /// Receive flow exports as they are sent.
    Collect, "collect", FindAttackServers
);
act!(
    /// Measure detection on labelled captures.
    Evaluate, "evaluate", Evaluate
);

/// Permission for one act under one mandate. It can only be had from [`authorise`],
/// and cannot be cloned, stored beyond the mandate, or sent to another thread.
#[derive(Debug)]
pub struct Permit<'m, A: Act> {
    mandate: &'m Mandate,
    not_send: PhantomData<(*const (), A)>,
}

impl<'m, A: Act> Permit<'m, A> {
    /// The mandate that was checked.
    pub fn mandate(&self) -> &'m Mandate {
        self.mandate
    }
}

/// Why an act is not permitted. A result like any other: shown, and recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The mandate is not in force yet, or no longer.
    #[error("mandate `{mandate}` does not permit `{act}` now: it runs from {from} until {until}, and it is {now}")]
    NotInForce {
        /// Mandate id.
        mandate: String,
        /// The act asked for.
        act: &'static str,
        /// First moment of the term.
        from: Micros,
        /// End of the term.
        until: Micros,
        /// The clock as it was asked.
        now: Micros,
    },
    /// The mandate does not name the purpose this act serves.
    #[error("mandate `{mandate}` does not permit `{act}`: its `purposes` do not name `{purpose}`")]
    PurposeNotNamed {
        /// Mandate id.
        mandate: String,
        /// The act asked for.
        act: &'static str,
        /// The purpose that is missing.
        purpose: String,
    },
}

/// Asks a mandate for one act at one time.
///
/// # Errors
/// [`Refusal`] when the mandate is not in force at `now`, or does not name the purpose.
pub fn authorise<A: Act>(mandate: &Mandate, now: Micros) -> Result<Permit<'_, A>, Refusal> {
    if now < mandate.term.from || now >= mandate.term.until {
        return Err(Refusal::NotInForce {
            mandate: mandate.id.clone(),
            act: A::WORD,
            from: mandate.term.from,
            until: mandate.term.until,
            now,
        });
    }
    if !mandate.purposes.contains(&A::PURPOSE) {
        return Err(Refusal::PurposeNotNamed {
            mandate: mandate.id.clone(),
            act: A::WORD,
            purpose: crate::file::word_of(&A::PURPOSE),
        });
    }
    Ok(Permit { mandate, not_send: PhantomData })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::tests::LAB;

    #[test]
    fn a_live_mandate_permits_what_it_names_and_nothing_else() {
        let mandate = Mandate::parse(LAB, "lab.toml").unwrap();
        let inside = mandate.term.from;
        assert!(authorise::<Analyze>(&mandate, inside).is_ok());
        assert!(matches!(authorise::<Evaluate>(&mandate, inside), Err(Refusal::PurposeNotNamed { .. })));
    }

    #[test]
    fn the_term_is_half_open() {
        let mandate = Mandate::parse(LAB, "lab.toml").unwrap();
        assert!(authorise::<Analyze>(&mandate, Micros(mandate.term.from.0 - 1)).is_err());
        assert!(authorise::<Analyze>(&mandate, Micros(mandate.term.until.0 - 1)).is_ok());
        let refusal = authorise::<Analyze>(&mandate, mandate.term.until).unwrap_err();
        assert!(refusal.to_string().contains("runs from"));
    }
}
