//! The tokens of a script.

const OPERATORS: [&str; 28] = [
    ">>>=", "...", "===", "!==", ">>>", "&&=", "||=", "??=", "**=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??",
    "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "**", "<<", ">>",
];

/// Words that an expression follows.
const BEFORE_EXPRESSIONS: [&str; 8] = ["return", "typeof", "case", "in", "of", "else", "await", "throw"];

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Word,
    /// A number, a string, or a regular expression.
    Literal,
    /// A piece of a template: from its start, or from the end of an expression, to the next expression or its end.
    Template,
    Mark,
}

#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

pub(crate) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '$'
}

pub(crate) fn tokens(script: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    // The braces that are open, and whether they are those of a template.
    let mut open: Vec<bool> = Vec::new();
    let mut rest = script;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = match first {
            _ if first.is_whitespace() => {
                rest = rest.trim_start();
                continue;
            }
            '/' if rest.starts_with("//") => {
                rest = rest.split_once('\n').map_or("", |(_, after)| after);
                continue;
            }
            '/' if rest.starts_with("/*") => {
                rest = rest.split_once("*/").map_or("", |(_, after)| after);
                continue;
            }
            '"' | '\'' => (Kind::Literal, 1 + length_to(&rest[1..], |rest| rest.starts_with(first).then_some(1))),
            '/' if expects_expression(tokens.last()) => (Kind::Literal, regular_expression(rest)),
            '`' => (Kind::Template, template(rest)),
            '}' if open.last() == Some(&true) => (Kind::Template, template(rest)),
            _ if is_word(first) => {
                let is_number = first.is_ascii_digit();
                let length = rest.find(|next| !(is_word(next) || (is_number && next == '.'))).unwrap_or(rest.len());
                (if is_number { Kind::Literal } else { Kind::Word }, length)
            }
            _ => {
                let operator = OPERATORS.iter().find(|operator| rest.starts_with(**operator));
                (Kind::Mark, operator.map_or(first.len_utf8(), |operator| operator.len()))
            }
        };
        let (text, after) = rest.split_at(length);
        if text.starts_with('}') {
            open.pop();
        }
        if text == "{" || (kind == Kind::Template && text.ends_with("${")) {
            open.push(kind == Kind::Template);
        }
        tokens.push(Token { kind, text: text.to_owned() });
        rest = after;
    }
    tokens
}

/// Whether what follows is an expression, so that a slash begins a regular expression.
fn expects_expression(last: Option<&Token>) -> bool {
    last.is_none_or(|Token { kind, text }| match kind {
        Kind::Word => BEFORE_EXPRESSIONS.contains(&text.as_str()),
        Kind::Literal => false,
        Kind::Template => text.ends_with("${"),
        Kind::Mark => ![")", "]", "}"].contains(&text.as_str()),
    })
}

/// The length of a text up to an end, and of the end. A backslash protects what follows it.
fn length_to(text: &str, mut end: impl FnMut(&str) -> Option<usize>) -> usize {
    let mut is_protected = false;
    for (at, next) in text.char_indices() {
        if is_protected {
            is_protected = false;
        } else if next == '\\' {
            is_protected = true;
        } else if let Some(length) = end(&text[at..]) {
            return at + length;
        }
    }
    text.len()
}

fn template(text: &str) -> usize {
    1 + length_to(&text[1..], |rest| if rest.starts_with("${") { Some(2) } else { rest.starts_with('`').then_some(1) })
}

fn regular_expression(text: &str) -> usize {
    let mut is_class = false;
    let body = 1 + length_to(&text[1..], |rest| {
        is_class = (is_class || rest.starts_with('[')) && !rest.starts_with(']');
        (rest.starts_with('/') && !is_class).then_some(1)
    });
    body + text[body..].find(|flag: char| !flag.is_ascii_alphabetic()).unwrap_or(0)
}
