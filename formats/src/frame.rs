//! Where records end. A record is cut before it is decoded, so that bytes that come in pieces need no more memory than one.

use crate::problem::{Code, Problem};

/// The longest record, and the longest part.
pub const LONGEST: usize = 1 << 20;

/// What the next bytes are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// More bytes are needed to say.
    More,
    /// So many bytes are no record: blank lines, comments, what stands between.
    Nothing(usize),
    /// A record ends here; it begins after so many bytes.
    Record { start: usize, end: usize },
    /// A record that cannot be read ends here.
    Bad { start: usize, end: usize, problem: Problem },
}

/// How the records of a format end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// At line ends outside quotes.
    Cells { delimiter: u8, quotes: bool },
    /// At line ends.
    Lines,
    /// At 0x1D.
    Marc,
    /// At the end tag of a record.
    Xml,
}

impl Framing {
    /// Says what the next bytes are. `ended`: no more will come.
    pub(crate) fn cut(self, bytes: &[u8], ended: bool) -> Cut {
        if bytes.is_empty() {
            return Cut::More;
        }
        match self {
            Framing::Cells { delimiter, quotes } => cells(bytes, ended, delimiter, quotes),
            Framing::Lines => cells(bytes, ended, b' ', false),
            Framing::Marc => marc(bytes, ended),
            Framing::Xml => crate::marcxml::cut(bytes, ended),
        }
    }

    /// Returns where reading goes on after a record that is too long. `None`: not in these bytes.
    pub(crate) fn after_too_long(self, bytes: &[u8]) -> Option<usize> {
        match self {
            Framing::Cells { .. } | Framing::Lines => line_end(bytes, true),
            Framing::Marc => bytes.iter().position(|byte| *byte == 0x1d).map(|at| at + 1),
            Framing::Xml => crate::marcxml::next_record(bytes, 1),
        }
    }
}

/// Returns where the first line ends: after CR LF, CR or LF. `None`: not in these bytes.
pub(crate) fn line_end(bytes: &[u8], ended: bool) -> Option<usize> {
    let at = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?;
    after_break(bytes, at, ended)
}

/// Returns where the line break at this place ends. `None`: after a CR may come a LF.
fn after_break(bytes: &[u8], at: usize, ended: bool) -> Option<usize> {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => Some(at + 2),
        (Some(b'\r'), None) if !ended => None,
        _ => Some(at + 1),
    }
}

/// Counts the line breaks: CR LF, CR or LF. `before` is the byte before these.
pub(crate) fn line_breaks(mut before: u8, bytes: &[u8]) -> u64 {
    let mut breaks = 0;
    for &byte in bytes {
        breaks += u64::from(byte == b'\r' || (byte == b'\n' && before != b'\r'));
        before = byte;
    }
    breaks
}

/// Finds the end of a record of cells. The states are those of csv-core, which takes the record apart; but a quoted cell
/// that goes over lines must end as it should: else a quotation mark that was never closed would swallow what follows.
fn cells(bytes: &[u8], ended: bool, delimiter: u8, quotes: bool) -> Cut {
    let blank = |byte: &&u8| matches!(**byte, b' ' | b'\t') || **byte == delimiter;
    let leading = bytes.iter().take_while(blank).count();
    match bytes.get(leading) {
        None if ended => return Cut::Nothing(leading),
        None => return Cut::More,
        Some(b'\r' | b'\n') => return after_break(bytes, leading, ended).map_or(Cut::More, Cut::Nothing),
        Some(_) => {}
    }
    enum State {
        CellStart,
        Plain,
        Quoted { from: usize, lines: bool },
        QuoteInQuoted { from: usize, lines: bool },
    }
    let mut state = State::CellStart;
    for (at, &byte) in bytes.iter().enumerate() {
        let is_break = byte == b'\r' || byte == b'\n';
        state = match state {
            State::CellStart if quotes && byte == b'"' => State::Quoted { from: at, lines: false },
            State::Quoted { from, lines } if byte == b'"' => State::QuoteInQuoted { from, lines },
            State::Quoted { from, lines } => State::Quoted { from, lines: lines || is_break },
            State::QuoteInQuoted { from, lines } if byte == b'"' => State::Quoted { from, lines },
            _ if byte == delimiter => State::CellStart,
            _ if is_break => {
                return after_break(bytes, at, ended).map_or(Cut::More, |end| Cut::Record { start: 0, end });
            }
            State::QuoteInQuoted { from, lines: true } => return open_quote(bytes, from, ended),
            State::CellStart | State::Plain | State::QuoteInQuoted { .. } => State::Plain,
        };
    }
    match state {
        State::Quoted { from, .. } if ended || bytes.len() >= LONGEST => open_quote(bytes, from, ended),
        _ if ended => Cut::Record { start: 0, end: bytes.len() },
        _ => Cut::More,
    }
}

/// Reading goes on at the line after the quotation mark.
fn open_quote(bytes: &[u8], from: usize, ended: bool) -> Cut {
    let rest = bytes.get(from..).unwrap_or_default();
    let end = match line_end(rest, ended) {
        Some(end) => from + end,
        None if ended => bytes.len(),
        // A line that is too long for a record.
        None => return Cut::More,
    };
    Cut::Bad { start: 0, end, problem: Problem::new(Code::QuoteOpen, "a quotation mark is not closed") }
}

/// A record ends at 0x1D, whatever its leader says. Between records there may be marks and blanks.
fn marc(bytes: &[u8], ended: bool) -> Cut {
    let between = |byte: &&u8| matches!(**byte, b'\r' | b'\n' | b' ' | 0 | 0x1a | 0xef | 0xbb | 0xbf);
    let start = bytes.iter().take_while(between).count();
    match bytes.iter().position(|byte| *byte == 0x1d) {
        Some(at) => Cut::Record { start, end: at + 1 },
        None if start == bytes.len() => Cut::Nothing(start),
        None if ended => {
            Cut::Bad { start, end: bytes.len(), problem: Problem::new(Code::MarcBad, "the record is cut off") }
        }
        None => Cut::More,
    }
}

#[cfg(test)]
mod tests {
    use super::{Cut, Framing, line_breaks};
    use crate::problem::Code;

    const CSV: Framing = Framing::Cells { delimiter: b',', quotes: true };

    #[test]
    fn a_record_ends_at_a_line_end_outside_quotes() {
        for (text, end) in [("a,b\nc", 4), ("a\r\nb", 3), ("a\rb", 2), ("\"a\n\"\"b\"\"\",c\nd", 12), ("a\"b\nc", 4)] {
            assert_eq!(CSV.cut(text.as_bytes(), false), Cut::Record { start: 0, end }, "{text:?}");
        }
        for text in ["a,b", "a\r", "\"a\n", ",,", "\"a\"", " "] {
            assert_eq!(CSV.cut(text.as_bytes(), false), Cut::More, "{text:?}");
        }
        for (text, length) in [("\n\n", 1), (",, \r\na", 5), (" ", 1)] {
            assert_eq!(CSV.cut(text.as_bytes(), true), Cut::Nothing(length), "{text:?}");
        }
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_costs_its_line() {
        for (text, line) in
            [("\"Open,a\nnext\n", 8), ("\"Open\r\"Next, one\",b\r", 6), ("\"a\nb\",\"open\nnext", 12), ("\"open", 5)]
        {
            let Cut::Bad { end, problem, .. } = CSV.cut(text.as_bytes(), true) else { panic!("{text:?}") };
            assert_eq!((end, problem.code), (line, Code::QuoteOpen), "{text:?}");
        }
    }

    #[test]
    fn lines_are_counted_as_editors_count_them() {
        assert_eq!(line_breaks(0, b"a\r\nb\rc\nd\n\r"), 5);
        assert_eq!(line_breaks(b'\r', b"\nb\n"), 1);
    }
}
