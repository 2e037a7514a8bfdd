//! The book beside the words: a block in the cloth of its cover on the website, with its title. A letter loads no picture.

use shared::tables::library::book::Book;

use super::titles;

/// The name, the ground and the foil of each cloth, as in the website's `shell/covers.js`. A test compares the two.
const CLOTHS: [(&str, u32, u32); 24] = [
    ("oxblood", 0x6b1f24, 0xefd6a3),
    ("green", 0x1f3d33, 0xecd7a2),
    ("navy", 0x1e2e4b, 0xebd9ab),
    ("vellum", 0xecdfc4, 0x6e2418),
    ("terracotta", 0xa84b33, 0xfdeed6),
    ("black", 0x25231f, 0xe6c985),
    ("linen", 0xd3c5aa, 0x33291d),
    ("petrol", 0x1d4f58, 0xf3dfb4),
    ("mustard", 0xd3a445, 0x2e1f0b),
    ("duckegg", 0xb5ccc6, 0x173a42),
    ("aubergine", 0x45233f, 0xecd0ab),
    ("scarlet", 0x9c2a22, 0xfcebd0),
    ("blue", 0xe5e1d2, 0x1e3f73),
    ("olive", 0x4b4f28, 0xf2e6bf),
    ("rose", 0xd9a79c, 0x4a1a1f),
    ("cobalt", 0x29489a, 0xf6ebd0),
    ("chestnut", 0x6e3b22, 0xf4dcae),
    ("sage", 0xa9b596, 0x22301f),
    ("saffron", 0xdd8440, 0x321406),
    ("slate", 0x47596b, 0xf5ecda),
    ("lilac", 0xb9abc6, 0x2b2040),
    ("red", 0xf0e3d0, 0x9c2a22),
    ("ivory", 0xe3e6d6, 0x214c3b),
    ("wine", 0x7a2f4a, 0xf6dcc8),
];

const CENTURY: &str = "green oxblood chestnut navy petrol aubergine mustard olive wine slate rose black";
const MODERN: &str = "sage saffron lilac petrol rose olive ivory mustard cobalt red black wine";

/// The first year after each era, and the cloths of the era.
const ERAS: [(i32, &str); 10] = [
    (450, "terracotta black mustard navy vellum olive chestnut blue petrol"),
    (1450, "navy scarlet green vellum aubergine petrol oxblood mustard"),
    (1700, "vellum oxblood black olive linen navy chestnut ivory"),
    (1800, "duckegg linen rose slate vellum green blue oxblood black"),
    (1860, CENTURY),
    (1890, CENTURY),
    (1914, MODERN),
    (1945, MODERN),
    (1980, "saffron cobalt red duckegg mustard scarlet ivory slate"),
    (i32::MAX, "blue slate red duckegg lilac cobalt ivory rose"),
];
const FIRST_WITHOUT_YEAR: usize = 2;

/// The most characters of a title on the block.
const LONGEST_TITLE: usize = 45;
/// The longest title and the longest word that fit in the block in its larger type.
const LARGE_TITLE: usize = 24;
const LARGE_WORD: usize = 10;

/// A book's block, with its colours in CSS.
pub(super) struct Cover {
    pub(super) title: String,
    pub(super) author: String,
    pub(super) ground: String,
    pub(super) foil: String,
    pub(super) spine: String,
    /// The side of the spine: `left`, or `right` if the title is written from right to left.
    pub(super) bound: &'static str,
    /// The size of the title's type, in pixels.
    pub(super) size: u8,
}

impl Cover {
    pub(super) fn of(book: &Book) -> Cover {
        let title = titles::title(book.details.title.as_str());
        let (main, _) = title.split_once(": ").unwrap_or((&title, ""));
        let title = titles::shortened(main, LONGEST_TITLE);
        let longest = title.split(' ').map(|word| word.chars().count()).max().unwrap_or_default();
        let (ground, foil) = cloth(book);
        Cover {
            bound: if titles::begins_right_to_left(&title) { "right" } else { "left" },
            size: if title.chars().count() > LARGE_TITLE || longest > LARGE_WORD { 9 } else { 11 },
            title,
            author: titles::author(book.details.author.as_str()),
            ground: css(ground),
            foil: css(foil),
            spine: css(darker(ground)),
        }
    }
}

/// Returns the ground and the foil of a book's cloth. The author and the year decide the ring of cloths, and the book its place
/// in the ring.
fn cloth(book: &Book) -> (u32, u32) {
    let (title, author) = (book.details.title.as_str(), book.details.author.as_str());
    let of_author = hash(&author.to_lowercase());
    let nobody = ["anon", "unkn"].iter().any(|start| author.to_lowercase().starts_with(start));
    let of_author = if nobody { hash(title) } else { of_author };
    let of_book = hash(&format!("{title}{author}{}", book.id));
    let of_year = |year: i32| ERAS.iter().position(|(until, _)| year < *until);
    let era = match book.details.publication_year {
        Some(year) => of_year(year.get()).unwrap_or(ERAS.len() - 1),
        None => FIRST_WITHOUT_YEAR + of_author as usize % 8,
    };
    let names: Vec<_> = ERAS[era].1.split(' ').collect();
    let name = names[(of_author as usize + of_book as usize % 7) % names.len()];
    let (_, ground, foil) = CLOTHS.iter().find(|(known, ..)| *known == name).expect("each era has known cloths");
    (*ground, *foil)
}

/// The hash of `covers.js`.
fn hash(text: &str) -> u32 {
    let hash = text.chars().fold(2_166_136_261_u32, |hash, letter| (hash ^ u32::from(letter)).wrapping_mul(16_777_619));
    let hash = (hash ^ (hash >> 15)).wrapping_mul(2_246_822_519);
    hash ^ (hash >> 13)
}

/// Returns a colour with an eighth less light.
fn darker(colour: u32) -> u32 {
    let [_, red, green, blue] = colour.to_be_bytes().map(|part| part - part / 8);
    u32::from_be_bytes([0, red, green, blue])
}

fn css(colour: u32) -> String {
    format!("#{colour:06x}")
}

#[cfg(test)]
mod tests {
    use super::{CLOTHS, ERAS, css, darker};

    #[test]
    fn each_era_has_cloths_that_exist() {
        for name in ERAS.iter().flat_map(|(_, names)| names.split(' ')) {
            assert!(CLOTHS.iter().any(|(known, ..)| *known == name), "{name}");
        }
    }

    #[test]
    fn the_type_on_each_cloth_can_be_read() {
        let luminance = |colour: u32| {
            let linear = |part: u8| match f64::from(part) / 255.0 {
                part if part <= 0.04045 => part / 12.92,
                part => ((part + 0.055) / 1.055).powf(2.4),
            };
            let [_, red, green, blue] = colour.to_be_bytes().map(linear);
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        for (name, ground, foil) in CLOTHS {
            let (ground, foil) = (luminance(ground) + 0.05, luminance(foil) + 0.05);
            let contrast = (ground / foil).max(foil / ground);
            assert!(contrast >= 4.5, "{name}: {contrast}");
        }
    }

    #[test]
    fn a_colour_becomes_darker() {
        assert_eq!(css(darker(0x00d9_a79c)), "#be9389");
    }
}
