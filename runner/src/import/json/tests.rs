use super::*;

fn all(text: &[u8]) -> (Vec<Line>, Vec<String>) {
    let mut reader = JsonReader::new(text, is_in_other_lines(text)).unwrap();
    reader.bind(&["id".to_owned(), "name".to_owned()]);
    let mut lines = Vec::new();
    while let Some(line) = reader.next().unwrap() {
        lines.push(line);
    }
    (lines, reader.unknown())
}

#[allow(clippy::unnecessary_wraps)] // the type of a value
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[allow(clippy::unnecessary_wraps)] // the type must be the same as for a bad line
fn good(line: u64, values: Vec<Option<String>>, absent: Vec<usize>) -> Line {
    Ok(Record {
        line,
        values,
        absent,
    })
}

#[test]
fn values_become_text_and_null_is_not_absent() {
    let text = concat!(
        "{\"name\":\"n\\u00e9\",\"id\":12}\n\n",
        "{\"id\":true,\"name\":null}\n",
        "{\"id\":[1,{\"a\":\"b\"}],\"more\":1}\n",
        "{\"ID\":1,\"Name\":NaN}\n",
    );
    let (lines, unknown) = all(text.as_bytes());
    assert_eq!(
        lines,
        [
            good(1, vec![some("12"), some("né")], vec![]),
            good(3, vec![some("true"), None], vec![]),
            good(4, vec![some("[1,{\"a\":\"b\"}]"), None], vec![1]),
            good(5, vec![some("1"), None], vec![]),
        ]
    );
    assert_eq!(unknown, ["more"]);
}

#[test]
fn an_array_and_objects_in_several_lines_are_read() {
    let array = "[\n  {\n    \"id\": 1\n  },\n  {\"id\": 2},\n  7\n]\n";
    let (lines, _) = all(array.as_bytes());
    assert_eq!(lines[0], good(2, vec![some("1"), None], vec![1]));
    assert_eq!(lines[1], good(5, vec![some("2"), None], vec![1]));
    let bad = lines[2].as_ref().unwrap_err();
    assert_eq!((bad.line, bad.cause), (6, Cause::NotObject));
    let (lines, _) = all(b"{\r\n \"id\": 1\r\n}\r\n{\r\n \"id\": 2\r\n}\r\n");
    let starts: Vec<u64> = lines
        .iter()
        .map(|line| line.as_ref().unwrap().line)
        .collect();
    assert_eq!(starts, [1, 4]);
}

#[test]
fn each_bad_line_has_a_reason_and_is_skipped() {
    let (lines, _) = all(b"{\"id\":\n[1]\n{\"id\":\"\xff\"}\n{\"id\":1,\"id\":2}\n{\"id\":1}");
    let bad = |at: usize| lines[at].as_ref().unwrap_err();
    assert_eq!((bad(0).line, bad(0).text.as_str()), (1, "{\"id\":"));
    assert!(
        bad(0).reason.starts_with("is not JSON: EOF"),
        "{}",
        bad(0).reason
    );
    let causes: Vec<Cause> = (0..4).map(|at| bad(at).cause).collect();
    assert_eq!(
        causes,
        [
            Cause::NotJson,
            Cause::NotObject,
            Cause::NotText,
            Cause::RepeatedName
        ]
    );
    assert_eq!(lines[4].as_ref().unwrap().line, 5);
}

#[test]
fn action_lines_of_the_bulk_format_are_not_records() {
    let text = b"{\"index\":{\"_id\":\"1\"}}\n{\"id\":1}\n{\"create\":{}}\n{\"id\":2}\n{\"delete\":{\"_id\":\"3\"}}\n";
    let mut reader = JsonReader::new(&text[..], false).unwrap();
    reader.bind(&["id".to_owned()]);
    let mut lines = Vec::new();
    while let Some(line) = reader.next().unwrap() {
        lines.push(line.unwrap().line);
    }
    // The third action deletes a record, so it is shown.
    assert_eq!((lines, reader.skipped()), (vec![2, 4, 5], 2));
}

#[test]
fn a_number_that_would_change_is_refused() {
    let (lines, _) = all(b"{\"id\":123456789012345678901234567890}\n{\"id\":1.5}");
    let reason = &lines[0].as_ref().unwrap_err().reason;
    assert!(reason.contains("as a string"), "{reason}");
    assert_eq!(lines[1].as_ref().unwrap().values[0].as_deref(), Some("1.5"));
}
