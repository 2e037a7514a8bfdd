//! Makes a script shorter, and leaves what it does: layout and comments go, markup becomes calls, and local names become short ones.
//!
//! It reads tokens and no syntax tree, so it relies on the scripts' format, which a check holds: a semicolon ends each statement, and an
//! arrow function's parameters stand in parentheses. The names of properties, imports, exports and globals stay.

use std::collections::{BTreeMap, BTreeSet};

use crate::markup::without_markup;
use crate::scopes::BEFORE_CONDITIONS;
use crate::tokens::{Kind, Token, is_word, tokens};

/// What a pair of braces is.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Braces {
    Block,
    /// A literal, or a pattern.
    Object,
    Class,
    Exports,
    /// Other brackets.
    No,
}

pub(crate) fn minified(script: &str) -> String {
    let script = Script::read(script);
    if let Some(at) = (0..script.tokens.len()).find(|at| script.is_misread(*at)) {
        let around = script.tokens[at.saturating_sub(5)..].iter().take(10).map(|token| token.text.as_str());
        panic!("the minifier would misread this, write it otherwise: {}", around.collect::<Vec<_>>().join(" "));
    }
    let names = script.short_names();
    let joined = script.consts_to_join();
    let mut code = String::new();
    for (at, token) in script.tokens.iter().enumerate() {
        if script.is_idle(at) || joined.contains(&at) {
            continue;
        }
        let text = match &names[at] {
            Some(short) if script.is_shorthand(at) => format!("{}:{short}", token.text),
            Some(short) => short.clone(),
            None if joined.contains(&(at + 1)) => ",".to_owned(),
            None if script.is_property(at) => token.text.clone(),
            None => shortest(token),
        };
        if let (Some(last), Some(first)) = (code.chars().last(), text.chars().next())
            && ((is_word(last) && is_word(first)) || (last == first && "+-/".contains(first)))
        {
            code.push(' ');
        }
        code.push_str(&text);
    }
    code
}

pub(crate) struct Script {
    pub(crate) tokens: Vec<Token>,
    /// The closing bracket of each opening one.
    pub(crate) ends: BTreeMap<usize, usize>,
    /// The opening bracket of each closing one.
    pub(crate) starts: BTreeMap<usize, usize>,
    /// The braces that each token stands in.
    pub(crate) inside: Vec<Braces>,
}

impl Script {
    fn read(script: &str) -> Script {
        let mut script = Script {
            tokens: without_markup(tokens(script)),
            ends: BTreeMap::new(),
            starts: BTreeMap::new(),
            inside: Vec::new(),
        };
        let mut open: Vec<(usize, Braces)> = Vec::new();
        for at in 0..script.tokens.len() {
            let Token { kind, text } = &script.tokens[at];
            let (is_template, text) = (*kind == Kind::Template, text.as_str());
            let closes = if is_template { text.starts_with('}') } else { [")", "]", "}"].contains(&text) };
            let opens = if is_template { text.ends_with("${") } else { ["(", "[", "{"].contains(&text) };
            if closes && let Some((start, _)) = open.pop() {
                script.ends.insert(start, at);
                script.starts.insert(at, start);
            }
            script.inside.push(open.last().map_or(Braces::Block, |(_, braces)| *braces));
            if opens {
                open.push((at, if text == "{" { script.braces(at) } else { Braces::No }));
            }
        }
        script
    }

    /// Returns the text of a token. It is empty for a literal, for a template, and outside the script.
    pub(crate) fn text(&self, at: usize) -> &str {
        match self.tokens.get(at) {
            Some(Token { kind: Kind::Word | Kind::Mark, text }) => text,
            _ => "",
        }
    }

    pub(crate) fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |before| self.text(before))
    }

    /// Whether what stands here needs a syntax tree to be understood.
    fn is_misread(&self, at: usize) -> bool {
        let (text, before, after) = (self.text(at), self.before(at), self.text(at + 1));
        match text {
            // A division, or a regular expression.
            "++" | "--" => after == "/" || self.starts_regular_expression(at + 1),
            // A block, or an object.
            ":" => after == "{" && self.inside[at] == Braces::Block && self.is_after_case(at),
            // A loop's body without braces.
            "try" => before == ")",
            // A method that is a generator.
            "*" => ["{", ",", "static"].contains(&before),
            _ => false,
        }
    }

    fn starts_regular_expression(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Literal && token.text.starts_with('/'))
    }

    /// Whether a `:` ends a `case` or `default`.
    fn is_after_case(&self, at: usize) -> bool {
        let words = (0..at).rev().map(|earlier| self.text(earlier)).take_while(|text| ![";", "{", "}"].contains(text));
        words.take(8).any(|text| ["case", "default"].contains(&text))
    }

    /// Whether a mark says nothing: a comma at the end of a list, the `;` of a block's last statement, or parentheses in parentheses.
    fn is_idle(&self, at: usize) -> bool {
        let (before, after) = (self.before(at), self.text(at + 1));
        match self.text(at) {
            "," => [")", "]", "}"].contains(&after) && !["[", ","].contains(&before),
            "(" => before == "(" && self.ends.get(&(at - 1)) == self.ends.get(&at).map(|end| end + 1).as_ref(),
            ")" => self.starts.get(&at).is_some_and(|start| self.is_idle(*start)),
            // The `;` after a condition or `else` is a statement itself.
            ";" => after == "}" && before != "else" && !self.is_condition_before(at),
            _ => false,
        }
    }

    fn is_condition_before(&self, at: usize) -> bool {
        let start = at.checked_sub(1).and_then(|end| self.starts.get(&end));
        start.is_some_and(|start| BEFORE_CONDITIONS.contains(&self.before(*start)))
    }

    /// Finds each `const` whose statement comes right after another one with `const`: a comma can replace it.
    fn consts_to_join(&self) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        // Where each open bracket ends, and whether the last statement in it is such a declaration.
        let mut open = vec![(self.tokens.len(), false)];
        for at in 0..self.tokens.len() {
            if open.last().is_some_and(|(end, _)| *end == at) {
                open.pop();
            }
            if let Some((_, declares)) = open.last_mut() {
                match (self.before(at), self.text(at)) {
                    (";", "const") if *declares => drop(found.insert(at)),
                    ("export", "const") => {}
                    (_, "const") => *declares = true,
                    (";", _) => *declares = false,
                    _ => {}
                }
            }
            if let Some(end) = self.ends.get(&at) {
                open.push((*end, false));
            }
        }
        found
    }

    pub(crate) fn braces(&self, at: usize) -> Braces {
        let is_start = at == 0;
        match self.before(at) {
            "export" => Braces::Exports,
            "class" => Braces::Class,
            ")" | "=>" | ";" | "{" | "}" | "else" | "try" | "finally" | "do" | "catch" => Braces::Block,
            _ if at > 1 && ["class", "extends"].contains(&self.before(at - 1)) => Braces::Class,
            _ if is_start => Braces::Block,
            _ => Braces::Object,
        }
    }

    pub(crate) fn is_property(&self, at: usize) -> bool {
        let (before, after) = (self.before(at), self.text(at + 1));
        let is_first = ["{", ","].contains(&before);
        match self.inside[at] {
            _ if [".", "?.", "#"].contains(&before) => true,
            Braces::Object if is_first => [":", "("].contains(&after),
            Braces::Object => after == "(" && ["get", "set", "async"].contains(&before),
            Braces::Class => ["{", "}", ";", "get", "set", "async", "static"].contains(&before),
            _ => false,
        }
    }

    /// Whether a word is the name of a property and of a variable: `{ title }`.
    fn is_shorthand(&self, at: usize) -> bool {
        self.inside[at] == Braces::Object
            && ["{", ","].contains(&self.before(at))
            && [",", "}", "="].contains(&self.text(at + 1))
    }
}

/// Writes a number or a truth value in the shortest way.
fn shortest(token: &Token) -> String {
    match (token.kind, token.text.as_str()) {
        (Kind::Word, "true") => "!0".to_owned(),
        (Kind::Word, "false") => "!1".to_owned(),
        (Kind::Literal, text) if text.starts_with(|first: char| first.is_ascii_digit()) => {
            let digits = text.replace('_', "");
            digits.strip_prefix("0.").map(|decimals| format!(".{decimals}")).unwrap_or(digits)
        }
        (_, text) => text.to_owned(),
    }
}
