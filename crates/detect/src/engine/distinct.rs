//! `distinct_merge(sketch)`: how many different things several sketches saw together.

use datafusion::arrow::array::{ArrayRef, BinaryArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::common::cast::as_binary_array;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};
use noroshi_flow::sketch::Distinct;
use std::sync::Arc;

/// The aggregate, ready to register.
pub(super) fn udaf() -> AggregateUDF {
    AggregateUDF::from(DistinctMerge { signature: Signature::exact(vec![DataType::Binary], Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct DistinctMerge {
    signature: Signature,
}

impl AggregateUDFImpl for DistinctMerge {
    fn name(&self) -> &'static str {
        "distinct_merge"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::UInt64)
    }

    fn accumulator(&self, _arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Merged::default()))
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format!("{}[sketch]", arguments.name), DataType::Binary, true))])
    }
}

#[derive(Debug, Default)]
struct Merged(Distinct);

impl Merged {
    fn merge_all(&mut self, sketches: &BinaryArray) -> Result<()> {
        for bytes in sketches.iter().flatten() {
            let sketch = Distinct::from_bytes(bytes)
                .ok_or_else(|| DataFusionError::Execution("not a distinct-count sketch of version 1".into()))?;
            self.0.merge(&sketch);
        }
        Ok(())
    }
}

impl Accumulator for Merged {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        match values.first() {
            Some(sketches) => self.merge_all(as_binary_array(sketches)?),
            None => Ok(()),
        }
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::UInt64(Some(self.0.count())))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Binary(Some(self.0.to_bytes()))])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + 256
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::{Engine, EngineOptions};
    use datafusion::arrow::array::{Array, AsArray, BinaryArray, RecordBatch};
    use datafusion::arrow::datatypes::{DataType, Field, Schema, UInt64Type};
    use noroshi_flow::sketch::Distinct;
    use std::sync::Arc;

    fn table(sketches: Vec<Vec<u8>>) -> RecordBatch {
        let schema = Schema::new(vec![Field::new("clients", DataType::Binary, false)]);
        RecordBatch::try_new(Arc::new(schema), vec![Arc::new(BinaryArray::from_iter_values(sketches))]).unwrap()
    }

    #[test]
    fn hours_of_the_same_clients_count_them_once() {
        let mut sketch = Distinct::default();
        (0..10).for_each(|n| sketch.insert(n));
        let engine = Engine::local(EngineOptions::default()).unwrap();
        engine.register_batch("t", table(vec![sketch.to_bytes(), sketch.to_bytes()])).unwrap();
        let rows = engine.sql("SELECT distinct_merge(clients) FROM t").unwrap();
        assert_eq!(rows[0].column(0).as_primitive::<UInt64Type>().value(0), 10);
        assert_eq!(rows[0].column(0).len(), 1);
    }

    #[test]
    fn bytes_that_are_no_sketch_are_an_error() {
        let engine = Engine::local(EngineOptions::default()).unwrap();
        engine.register_batch("t", table(vec![vec![9, 9]])).unwrap();
        assert!(engine.sql("SELECT distinct_merge(clients) FROM t").is_err());
    }
}
