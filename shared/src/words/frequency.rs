//! How many books have a word, by a sketch of a few numbers (HyperLogLog, Flajolet and others 2007).
//!
//! A book adds the same number to a word's set whenever it is indexed, so that repeating and reordering change nothing, and
//! the set grows with the logarithm of the books. It says which word of a query is the rarest; ± 26 % is enough for that.

use crate::values::BookId;

const BUCKETS: usize = 16;
const LEVELS: u32 = 64;

/// Returns the number that a book adds to the sets of its words.
pub fn element(book: BookId) -> u32 {
    let hash = book
        .as_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    // The last step of MurmurHash3: every bit depends on every other.
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    let hash = hash ^ (hash >> 33);
    let level = (hash | 0xf).leading_zeros() + 1;
    (hash as u32 % BUCKETS as u32) * LEVELS + level
}

/// Returns about how many books have added to a set.
pub fn estimate(elements: impl IntoIterator<Item = u32>) -> u32 {
    let mut highest = [0_u32; BUCKETS];
    for element in elements {
        if let Some(bucket) = highest.get_mut((element / LEVELS) as usize) {
            *bucket = (*bucket).max(element % LEVELS);
        }
    }
    let buckets = BUCKETS as f64;
    let empty = highest.iter().filter(|level| **level == 0).count();
    let sum: f64 = highest.iter().map(|level| (-f64::from(*level)).exp2()).sum();
    let many = 0.673 * buckets * buckets / sum;
    let count = if many <= 2.5 * buckets && empty > 0 { buckets * (buckets / empty as f64).ln() } else { many };
    // The cast saturates.
    count.round() as u32
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{element, estimate};
    use crate::values::BookId;

    #[test]
    fn the_number_of_books_is_estimated_within_a_factor_of_two() {
        for number in [1_u64, 3, 10, 100, 1_000, 30_000] {
            let books = (0..number).map(|book| {
                let bytes = (u128::from(book).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)).to_be_bytes();
                let random: [u8; 10] = bytes[..10].try_into().expect("ten bytes");
                element(BookId::new(Timestamp::UNIX_EPOCH, random))
            });
            let estimated = f64::from(estimate(books));
            assert!((0.5..2.0).contains(&(estimated / number as f64)), "{number}: {estimated}");
        }
        assert_eq!(estimate([]), 0);
    }
}
