//! Divides the records of a chunk into rounds, so that no round has two records with one key.

use std::collections::HashMap;

use super::record::Record;

/// The records in rounds: the first record with a key is in the first round, the second in the second. The rounds are
/// written one after the other. Nearly all files have one round for each chunk.
pub(super) fn rounds<'r>(records: &'r [Record], keys: &[usize]) -> Vec<Vec<&'r Record>> {
    let mut seen = HashMap::<Vec<Option<&str>>, usize>::new();
    let mut rounds = Vec::<Vec<&Record>>::new();
    for record in records {
        let key = keys.iter().map(|at| record.values[*at].as_deref());
        let round = seen.entry(key.collect()).or_default();
        if rounds.len() == *round {
            rounds.push(Vec::new());
        }
        rounds[*round].push(record);
        *round += 1;
    }
    rounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_has_each_key_once_and_keeps_the_order_of_the_file() {
        let record = |(line, key): (u64, &str)| Record {
            line,
            values: vec![Some(key.to_owned())],
            absent: Vec::new(),
        };
        let file = [(1, "a"), (2, "b"), (3, "a"), (4, "c"), (5, "a"), (6, "b")].map(record);
        let lines: Vec<Vec<u64>> = rounds(&file, &[0])
            .iter()
            .map(|round| round.iter().map(|record| record.line).collect())
            .collect();
        assert_eq!(lines, [vec![1, 2, 4], vec![3, 6], vec![5]]);
    }
}
