use super::*;

fn all(text: &[u8]) -> (Vec<String>, Vec<Line>) {
    let mut reader = CsvReader::new(text, detect_delimiter(text)).unwrap();
    let mut lines = Vec::new();
    while let Some(line) = reader.next().unwrap() {
        lines.push(line);
    }
    (reader.columns().to_vec(), lines)
}

#[allow(clippy::unnecessary_wraps)] // the type must be the same as for a bad line
fn good(line: u64, values: &[&str]) -> Line {
    let values = values
        .iter()
        .map(|v| (!v.is_empty()).then(|| (*v).to_owned()))
        .collect();
    Ok(Record {
        line,
        values,
        absent: Vec::new(),
    })
}

fn bad(line: &Line) -> (u64, &str) {
    let bad = line.as_ref().unwrap_err();
    (bad.line, &bad.reason)
}

#[test]
fn reads_header_values_nulls_and_quotes() {
    let (columns, lines) = all(b"\xef\xbb\xbfid, name\n1,\"say \"\"hi\"\", you\"\n2,\n3,\"\"");
    assert_eq!(columns, ["id", "name"]);
    let want = [
        good(2, &["1", "say \"hi\", you"]),
        good(3, &["2", ""]),
        good(4, &["3", ""]),
    ];
    assert_eq!(lines, want);
}

#[test]
fn line_numbers_are_those_of_the_file() {
    for ending in ["\n", "\r\n"] {
        let text = "id,name\n\n1,\"a\nb\n\nc\"\n\n2,x\n3\n".replace('\n', ending);
        let (_, lines) = all(text.as_bytes());
        assert_eq!(
            lines[0],
            good(3, &["1", &format!("a{ending}b{ending}{ending}c")])
        );
        assert_eq!(lines[1], good(8, &["2", "x"]));
        assert_eq!(bad(&lines[2]), (9, "1 fields where the header has 2"));
        assert_eq!(lines.len(), 3);
    }
}

#[test]
fn bad_lines_do_not_stop_the_reading() {
    let (_, lines) = all(b"id,name\n1,a,b\n2,\xff\xfe\n3,c\n");
    assert_eq!(bad(&lines[0]), (2, "3 fields where the header has 2"));
    assert_eq!(lines[0].as_ref().unwrap_err().text, "1,a,b");
    let (line, reason) = bad(&lines[1]);
    assert!(
        line == 3 && reason.starts_with("name is not UTF-8"),
        "{reason}"
    );
    assert_eq!(lines[2], good(4, &["3", "c"]));
}

#[test]
fn an_open_quote_costs_one_line_only() {
    let (_, lines) = all(b"id,name\n1,\"open\n2,b\n3,\"c\nd\"\n4,e\n");
    // The field of line 2 ends at the quote of line 4, as CSV requires.
    assert_eq!(bad(&lines[0]).0, 2);
    assert_eq!(lines.last().unwrap(), &good(6, &["4", "e"]));
    let (_, lines) = all(b"id,name\n1,\"open\n2,b\n3,c\n");
    assert_eq!(
        bad(&lines[0]),
        (2, "a quote opens a field in line 2 and is never closed")
    );
    assert_eq!(lines[1..], [good(3, &["2", "b"]), good(4, &["3", "c"])]);
}

#[test]
fn a_record_larger_than_any_buffer_is_whole() {
    let long = "y\n".repeat(50_000);
    let (_, lines) = all(format!("id,name\n1,\"{long}\"\n2,z\n").as_bytes());
    assert_eq!(lines, [good(2, &["1", &long]), good(50_003, &["2", "z"])]);
}

#[test]
fn a_lone_carriage_return_is_text() {
    let (_, lines) = all(b"id,name\r\n1,a\rb\r\n2,c\r\n");
    assert_eq!(lines, [good(2, &["1", "a\rb"]), good(3, &["2", "c"])]);
}

#[test]
fn an_empty_file_has_no_columns() {
    assert_eq!(all(b""), (Vec::new(), Vec::new()));
}

#[test]
fn other_separators_are_read_and_the_line_that_declares_one_is_not_the_header() {
    let rows = [good(2, &["1", "a,b"]), good(3, &["2", "c;d"])];
    let (columns, lines) = all(b"id;name\n1;a,b\n2;\"c;d\"\n");
    assert_eq!(
        (columns, lines),
        (vec!["id".to_owned(), "name".to_owned()], rows.to_vec())
    );
    let (columns, lines) = all(b"sep=\t\r\nid\tname\r\n1\ta\r\n");
    assert_eq!(columns, ["id", "name"]);
    assert_eq!(lines, [good(3, &["1", "a"])]);
}

#[test]
fn the_reason_names_the_line_where_the_quote_opens() {
    let (_, lines) = all(b"id,name\n1,\"a\nb\"\n2,\"c\nd\",\"e\n3,f\n");
    assert_eq!(
        bad(&lines[1]),
        (4, "a quote opens a field in line 5 and is never closed")
    );
}

#[test]
fn open_quotes_do_not_cost_quadratic_time() {
    // Each line closes a quote and opens the next one, so each line is read as the beginning of the rest.
    let text = "id,name\n".to_owned() + &"a\",\"b\n".repeat(1_500_000);
    let mut reader = CsvReader::new(text.as_bytes(), b',').unwrap();
    let problem = loop {
        match reader.next() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the file was read"),
            Err(problem) => break problem,
        }
    };
    assert!(
        problem
            .to_string()
            .contains("a quote opens a field in line"),
        "{problem}"
    );
    // One quote, and many lines behind it that are read one by one.
    let text = "id,name\n1,\"open\n".to_owned() + &"2,b\n".repeat(2_000_000);
    let mut reader = CsvReader::new(text.as_bytes(), b',').unwrap();
    let mut read = 0;
    while reader.next().unwrap().is_some() {
        read += 1;
    }
    assert_eq!(read, 2_000_001);
}
