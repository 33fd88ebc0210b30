//! The hash functions of PostgreSQL with the seed 0: Bob Jenkins' lookup3, 64 bits of it.

/// The start of the three parts of the state, without the length.
const START: u32 = 0x9e37_79b9;
/// A number that PostgreSQL adds to the start.
const OFFSET: u32 = 3_923_095;

/// The hash of bytes: `hash_any_extended`.
pub(super) fn bytes(bytes: &[u8]) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the length is taken modulo 2^32, as in PostgreSQL"
    )]
    let start = START.wrapping_add(bytes.len() as u32).wrapping_add(OFFSET);
    let [mut a, mut b, mut c] = [start; 3];
    let (blocks, rest) = bytes.as_chunks::<12>();
    for block in blocks {
        a = a.wrapping_add(word(&block[..4]));
        b = b.wrapping_add(word(&block[4..8]));
        c = c.wrapping_add(word(&block[8..]));
        mix(&mut a, &mut b, &mut c);
    }
    a = a.wrapping_add(word(rest.get(..4).unwrap_or(rest)));
    b = b.wrapping_add(word(rest.get(4..8.min(rest.len())).unwrap_or_default()));
    // The lowest byte of the last part is reserved for the length.
    c = c.wrapping_add(word(rest.get(8..).unwrap_or_default()) << 8);
    last(a, b, c)
}

/// The hash of a 32-bit number: `hash_uint32_extended`.
pub(super) fn number(value: u32) -> u64 {
    let start = START.wrapping_add(4).wrapping_add(OFFSET);
    last(start.wrapping_add(value), start, start)
}

/// The hash of a 64-bit number: `hashint8extended`. A number that fits into 32 bits has the hash of that number.
pub(super) fn long(value: i64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the halves of a number"
    )]
    let (low, high) = (value as u32, (value >> 32) as u32);
    number(low ^ if value >= 0 { high } else { !high })
}

/// At most four bytes as a number, the lowest byte first.
fn word(bytes: &[u8]) -> u32 {
    let bytes = bytes.iter().rev();
    bytes.fold(0, |word, byte| word << 8 | u32::from(*byte))
}

/// Mixes the state after a block. Every bit of the block changes about half of the bits of the state.
fn mix(a: &mut u32, b: &mut u32, c: &mut u32) {
    let step = |x: &mut u32, y: &mut u32, z: u32, bits: u32| {
        *x = x.wrapping_sub(*y) ^ y.rotate_left(bits);
        *y = y.wrapping_add(z);
    };
    step(a, c, *b, 4);
    step(b, a, *c, 6);
    step(c, b, *a, 8);
    step(a, c, *b, 16);
    step(b, a, *c, 19);
    step(c, b, *a, 4);
}

fn last(mut a: u32, mut b: u32, mut c: u32) -> u64 {
    c = (c ^ b).wrapping_sub(b.rotate_left(14));
    a = (a ^ c).wrapping_sub(c.rotate_left(11));
    b = (b ^ a).wrapping_sub(a.rotate_left(25));
    c = (c ^ b).wrapping_sub(b.rotate_left(16));
    a = (a ^ c).wrapping_sub(c.rotate_left(4));
    b = (b ^ a).wrapping_sub(a.rotate_left(14));
    c = (c ^ b).wrapping_sub(b.rotate_left(24));
    u64::from(b) << 32 | u64::from(c)
}
