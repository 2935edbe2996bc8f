//! Live: broad and deep at once. Every hour of traffic the selection is made anew, and from then
//! on, and only for the selected, records are kept.

use crate::candidates;
use crate::context::Context;
use crate::engine::{Engine, EngineError};
use crate::pooled;
use crate::run::{Run, RunError, RunOptions, TableMemory, look};
use noroshi_flow::{
    Balance, Broad, DnsQuery, FlowColumns, FlowSink, Lake, Pseudonyms, SelectionSet, SinkError, features,
};
use noroshi_mandate::{Act, Permit};
use noroshi_model::Micros;
use noroshi_model::time::HOUR;
use noroshi_select::Hour;
use std::path::{Path, PathBuf};

/// A run over traffic that is seen once.
#[derive(Debug)]
pub struct Live {
    broad: Broad,
    lake: Lake,
    selection: SelectionSet,
    options: RunOptions,
    next_us: Option<i64>,
    /// Hours that began before this are on disk.
    written_us: i64,
    /// What each choice followed from and led to, where it is to be sealed.
    hours: Option<Vec<(Hour, String)>>,
}

impl Live {
    /// Begins with a selection: the empty one, so that the first hour is aggregated only, or servers that are
    /// known from before.
    ///
    /// # Errors
    /// [`SinkError`] when the lake cannot be made.
    pub fn new<A: Act>(
        permit: &Permit<'_, A>,
        options: RunOptions,
        selection: SelectionSet,
    ) -> Result<Self, SinkError> {
        let path = options.folder.join("lake.parquet");
        let pseudonyms = Pseudonyms::new(&options.key);
        let lake = Lake::create(&path, selection.clone(), pseudonyms, permit.mandate().selected_records_max)?;
        Ok(Self {
            broad: Broad::new(options.broad),
            lake,
            selection,
            options,
            next_us: None,
            written_us: i64::MIN,
            hours: None,
        })
    }

    /// Keeps what each choice follows from, so that it can be sealed and made again; 500 KiB an hour.
    #[must_use]
    pub fn remembering(self) -> Self {
        Self { hours: Some(Vec::new()), ..self }
    }

    /// The selection in force.
    pub fn selection(&self) -> &SelectionSet {
        &self.selection
    }

    /// Writes the hours that have ended and are not on disk.
    fn write_hours(&mut self) -> Result<(), SinkError> {
        let Some(folder) = &self.options.features else { return Ok(()) };
        let ended_us = Micros(self.broad.last_us).hour().0;
        features::write_hours(folder, &self.broad.servers, self.written_us..ended_us)?;
        self.written_us = ended_us;
        Ok(())
    }

    fn select_again(&mut self) -> Result<(), EngineError> {
        let engine = Engine::local(self.options.engine)?;
        let context = Context::new(&self.broad);
        let pooled = pooled::features(&engine, &self.broad)?;
        let hour = candidates::figures(&self.broad, &context, &pooled);
        self.selection = self.selection.selected().with(hour.choose()).into();
        self.lake.select(self.selection.clone());
        if let Some(hours) = &mut self.hours {
            hours.push((hour, self.selection.fingerprint()));
        }
        tracing::info!(
            version = self.selection.version(),
            servers = self.selection.selectors().len(),
            fingerprint = self.selection.fingerprint(),
            "selection changed"
        );
        Ok(())
    }

    /// Ends the run: closes the lake and looks at it. `balance` is what the gate counted.
    ///
    /// # Errors
    /// [`RunError`] when the disk or the engine fails.
    pub fn finish<A: Act>(self, permit: &Permit<'_, A>, balance: Balance) -> Result<Run, RunError<SinkError>> {
        let closed = self.close(balance)?;
        let lake = closed.lake.clone();
        Ok(closed.look(permit, &lake)?)
    }

    /// Ends the traffic and closes the lake, without a look at it yet.
    ///
    /// # Errors
    /// [`SinkError`] when the lake cannot be written.
    pub fn close(self, mut balance: Balance) -> Result<Closed, SinkError> {
        if let Some(folder) = &self.options.features {
            // All of them: an hour on disk may have had late records since.
            features::write_hours(folder, &self.broad.servers, ..)?;
        }
        let kept = self.lake.finish()?;
        (balance.selected, balance.aggregated_only) = (kept.selected, kept.forgotten);
        let Self { broad, selection, options, hours, .. } = self;
        let hours = hours.unwrap_or_default();
        Ok(Closed { lake: kept.path, balance, selection, hours, broad, options })
    }
}

/// A run whose traffic has ended and whose lake lies closed, for example to be encrypted before anybody looks.
#[derive(Debug)]
pub struct Closed {
    /// The Parquet file.
    pub lake: PathBuf,
    /// What became of every record; it adds up.
    pub balance: Balance,
    /// The selection in force at the end.
    pub selection: SelectionSet,
    /// What each choice followed from, and the fingerprint of the selection it led to, where that was to be kept.
    pub hours: Vec<(Hour, String)>,
    broad: Broad,
    options: RunOptions,
}

impl Closed {
    /// Starts of the first and of the last flow, µs; the first is above the last when there was none.
    pub fn span_us(&self) -> (i64, i64) {
        (self.broad.first_us, self.broad.last_us)
    }

    /// Looks closely, at the aggregates and at the lake that lies at `lake` now.
    ///
    /// # Errors
    /// [`EngineError`] when the lake cannot be read.
    pub fn look<A: Act>(self, permit: &Permit<'_, A>, lake: &Path) -> Result<Run, EngineError> {
        let engine = Engine::local(self.options.engine)?;
        let context = Context::new(&self.broad);
        let pooled = pooled::features(&engine, &self.broad)?;
        let findings = look(permit, &engine, lake, &self.broad, &context, &pooled, &self.options)?;
        Ok(Run {
            findings,
            balance: self.balance,
            hosts: context.usual.hosts,
            span_s: context.span_s,
            first_us: self.broad.first_us,
            last_us: self.broad.last_us,
            evicted: self.broad.evicted(),
            tables: TableMemory::of(&self.broad),
            selection: self.selection,
        })
    }
}

impl FlowSink for Live {
    fn flows(&mut self, batch: &FlowColumns) -> Result<(), SinkError> {
        let lake = &mut self.lake;
        self.broad.flows_then(batch, |contacts| lake.contacts(contacts))?;
        let next = *self.next_us.get_or_insert(self.broad.first_us.saturating_add(HOUR));
        if self.broad.last_us >= next {
            self.next_us = Some(self.broad.last_us + HOUR);
            self.write_hours()?;
            self.select_again()
                .map_err(|source| SinkError { what: "cannot choose servers".into(), source: Box::new(source) })?;
        }
        Ok(())
    }

    fn dns(&mut self, query: &DnsQuery) -> Result<(), SinkError> {
        self.broad.dns(query)
    }
}
