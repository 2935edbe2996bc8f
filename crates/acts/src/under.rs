//! The second phase of an act on data: what was loaded again, and the receipt it is permitted with.

use crate::proven::Proven;
use crate::{Acts, Asking, NotDone};
use noroshi_authz::act::Act;
use noroshi_authz::{Circumstances, Permit};
use noroshi_leaf::{GovernedAct, Intent};
use noroshi_model::{IntentId, MandateId};

/// What one act may touch now that its intent stands in the log: loaded and checked just now.
pub struct Under<A: Act> {
    things: Vec<A::Resource>,
    intent: Intent,
}

impl<A: Act> std::fmt::Debug for Under<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Under({:?} of {}, {} things)", A::KIND, self.intent.intent, self.things.len())
    }
}

impl<A: Act> Under<A> {
    /// Asks the policies again, with the receipt this time, about things that were loaded again.
    ///
    /// # Errors
    /// [`NotDone`]; a refusal is on the record.
    pub(crate) async fn checked(
        acts: &Acts,
        asking: &Asking<'_>,
        (proven, intent, act): (&Proven, IntentId, GovernedAct),
        things: Vec<A::Resource>,
    ) -> Result<Self, NotDone> {
        let intent = proven.names(intent, act, asking.at)?.clone();
        let under = Self { things, intent };
        let refused = under.permits(acts, asking).err();
        match refused {
            None => Ok(under),
            Some(why) => acts.refuse(asking, A::KIND, Some(under.mandate()), why).await,
        }
    }

    /// A permit for each thing. They borrow this and cannot leave the thread: use them, and let them go.
    ///
    /// # Errors
    /// The first refusal.
    pub fn permits(&self, acts: &Acts, asking: &Asking<'_>) -> Result<Vec<Permit<'_, A>>, NotDone> {
        let circumstances = self.circumstances(asking);
        let permit = |thing| acts.authz.authorise::<A>(asking.principal, thing, &circumstances);
        self.things.iter().map(|thing| permit(thing).map_err(NotDone::Refused)).collect()
    }

    /// The permit of an act on one thing.
    ///
    /// # Errors
    /// The refusal; [`NotDone::NotFound`] when there is nothing.
    pub fn permit(&self, acts: &Acts, asking: &Asking<'_>) -> Result<Permit<'_, A>, NotDone> {
        self.permits(acts, asking)?.pop().ok_or(NotDone::NotFound("thing to act on"))
    }

    /// Of which mandate.
    pub const fn mandate(&self) -> MandateId {
        self.intent.mandate
    }

    /// The budget was counted, and used, when the intent was written.
    fn circumstances(&self, asking: &Asking<'_>) -> Circumstances {
        let told = asking.circumstances().for_purpose(self.intent.purpose);
        told.with_receipt(self.intent.intent).within_budget()
    }
}
