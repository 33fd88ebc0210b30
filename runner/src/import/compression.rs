//! Reads files that gzip or zstd compressed. The first bytes decide, so a pipe and a file without an extension work as well.

use std::io;

use flate2::read::MultiGzDecoder;

use super::head::{Stream, peek};

/// The extensions of compressed files. The extension before them has the format: `jobs.csv.gz`.
pub(super) const EXTENSIONS: [&str; 4] = ["gz", "gzip", "zst", "zstd"];

/// The most times that a stream may be compressed. A web server may compress a file that is compressed already.
const MOST_LAYERS: usize = 3;

/// The stream, decompressed if it is compressed. A stream that ends too early is an error of the reader.
pub(super) fn decompress(mut stream: Stream) -> io::Result<Stream> {
    for _ in 0..MOST_LAYERS {
        let (head, whole) = peek(stream, |head| head.len() >= 4)?;
        stream = match head.as_slice() {
            [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(whole)),
            // A file of zstd may begin with a frame without data.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                Box::new(zstd::stream::read::Decoder::new(whole)?)
            }
            _ => return Ok(whole),
        };
    }
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    fn read(bytes: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        decompress(Box::new(io::Cursor::new(bytes.to_vec())))?.read_to_string(&mut text)?;
        Ok(text)
    }

    fn compressed(text: &str) -> [Vec<u8>; 2] {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        [
            gzip.finish().unwrap(),
            zstd::encode_all(text.as_bytes(), 1).unwrap(),
        ]
    }

    #[test]
    fn every_part_of_a_compressed_file_is_read() {
        for (first, second) in compressed("job_id\n").into_iter().zip(compressed("1\n")) {
            assert_eq!(read(&[first, second].concat()).unwrap(), "job_id\n1\n");
        }
        assert_eq!(read(b"ab").unwrap(), "ab");
        let [gzip, _] = compressed("job_id\n");
        let twice = zstd::encode_all(gzip.as_slice(), 1).unwrap();
        assert_eq!(read(&twice).unwrap(), "job_id\n");
    }

    #[test]
    fn a_truncated_file_is_an_error() {
        let long: Vec<String> = (0..10_000).map(|n| format!("{n}\n")).collect();
        let long = long.concat();
        for whole in compressed(&long) {
            for end in [whole.len() / 2, whole.len() - 1] {
                let problem = read(&whole[..end]).unwrap_err();
                assert_eq!(problem.kind(), io::ErrorKind::UnexpectedEof, "{end}");
            }
        }
    }
}
