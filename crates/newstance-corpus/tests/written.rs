//! What was written for training is in the format of the project's gold.

use std::path::Path;

use newstance_corpus::gold::read_passages;

#[test]
fn the_passages_are_gold_with_nested_statements_in_each() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/written/passages");
    let passages = read_passages(&folder).unwrap();
    assert!(passages.len() >= 40, "{}", passages.len());
    for passage in &passages {
        let is_nested = passage.statements.iter().any(|statement| statement.parent.is_some());
        assert!(is_nested, "{}", passage.id);
    }
}
