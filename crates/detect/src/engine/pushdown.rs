//! Whether a query's filters are better asked while its files are decoded.
//!
//! Asked then, a column is decoded only where the filters before it let a row through: a gain where
//! few rows pass, a loss where many do, since rows are then skipped in small pieces
//! (docs/benchmarks.md). What a filter compares tells which: one byte (a protocol, an outcome) parts
//! the rows in a few large shares; an address, a port, a time or a count names few of them.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ExprSchema;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Filter, LogicalPlan};

/// Whether any filter of the plan names few rows.
pub(super) fn pays(plan: &LogicalPlan) -> Result<bool, DataFusionError> {
    let mut pays = false;
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::Filter(filter) = node {
            pays |= names_few(filter)?;
        }
        Ok(if pays { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })?;
    Ok(pays)
}

fn names_few(filter: &Filter) -> Result<bool, DataFusionError> {
    let schema = filter.input.schema();
    for column in filter.predicate.column_refs() {
        if *schema.field_from_column(column)?.data_type() != DataType::UInt8 {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::datatypes::{Field, Schema};
    use datafusion::logical_expr::{col, lit, table_scan};

    fn plan(filter: datafusion::prelude::Expr) -> LogicalPlan {
        let fields = vec![Field::new("protocol", DataType::UInt8, false), Field::new("port", DataType::UInt16, false)];
        table_scan(Some("t"), &Schema::new(fields), None).unwrap().filter(filter).unwrap().build().unwrap()
    }

    #[test]
    fn one_byte_parts_rows_in_large_shares_and_a_port_names_few() {
        assert!(!pays(&plan(col("protocol").eq(lit(6u8)))).unwrap());
        assert!(pays(&plan(col("port").eq(lit(25u16)))).unwrap());
        assert!(pays(&plan(col("protocol").eq(lit(6u8)).and(col("port").eq(lit(25u16))))).unwrap());
    }
}
