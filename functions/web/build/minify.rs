//! Makes a script shorter, and leaves what it does: layout and comments go, markup becomes calls, and local names become short ones.
//!
//! It reads tokens and no syntax tree, so it relies on the scripts' format, which a check holds: a semicolon ends each statement, and an
//! arrow function's parameters stand in parentheses. One name becomes the same short name in all scopes of a statement of the module, and
//! in the whole file if the module itself declares it. The names of properties, imports,
//! exports and globals stay.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::markup::without_markup;
use crate::tokens::{Kind, Token, is_word, tokens};

/// Names that stay: of the browser's own things, which some scripts have local namesakes of, and words of the language that may be names.
const KEPT: [&str; 17] = [
    "as", "async", "close", "event", "focus", "from", "get", "history", "location", "name", "of", "open", "origin",
    "scroll", "set", "static", "status",
];

/// Words that a condition follows. `await` is that of `for await`.
const BEFORE_CONDITIONS: [&str; 5] = ["await", "for", "if", "switch", "while"];

/// What a pair of braces is.
#[derive(Clone, Copy, PartialEq)]
enum Braces {
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
    let statements = script.statements();
    let names = script.short_names(&statements);
    let joined = script.consts_to_join();
    let mut code = String::new();
    for (at, token) in script.tokens.iter().enumerate() {
        if script.is_idle(at) || joined.contains(&at) {
            continue;
        }
        let text = match names[statements[at]]
            .get(&token.text)
            .filter(|_| token.kind == Kind::Word && !script.is_property(at))
        {
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

struct Script {
    tokens: Vec<Token>,
    /// The closing bracket of each opening one.
    ends: BTreeMap<usize, usize>,
    /// The opening bracket of each closing one.
    starts: BTreeMap<usize, usize>,
    /// The braces that each token stands in.
    inside: Vec<Braces>,
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
    fn text(&self, at: usize) -> &str {
        match self.tokens.get(at) {
            Some(Token { kind: Kind::Word | Kind::Mark, text }) => text,
            _ => "",
        }
    }

    fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |before| self.text(before))
    }

    /// Whether a mark says nothing: a comma at the end of a list, the `;` of a block's last statement, or parentheses in parentheses.
    fn is_idle(&self, at: usize) -> bool {
        let (before, after) = (self.before(at), self.text(at + 1));
        match self.text(at) {
            "," => [")", "]", "}"].contains(&after) && !["[", ","].contains(&before),
            // The `;` after a condition or `else` is a statement itself.
            "(" => before == "(" && self.ends.get(&(at - 1)) == self.ends.get(&at).map(|end| end + 1).as_ref(),
            ")" => self.starts.get(&at).is_some_and(|start| self.is_idle(*start)),
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

    fn braces(&self, at: usize) -> Braces {
        let is_start = at == 0;
        match self.before(at) {
            "export" => Braces::Exports,
            ")" | "=>" | ";" | "{" | "}" | "else" | "try" | "finally" | "do" | "catch" => Braces::Block,
            _ if at > 1 && ["class", "extends"].contains(&self.before(at - 1)) => Braces::Class,
            _ if is_start => Braces::Block,
            _ => Braces::Object,
        }
    }

    fn is_property(&self, at: usize) -> bool {
        let (before, after) = (self.before(at), self.text(at + 1));
        let is_first = ["{", ","].contains(&before);
        match self.inside[at] {
            _ if [".", "?."].contains(&before) => true,
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

    /// Returns the number of the module's statement that each token is in.
    fn statements(&self) -> Vec<usize> {
        const FIRST_WORDS: [&str; 6] = ["async", "class", "const", "export", "function", "let"];
        let (mut numbers, mut number, mut end) = (Vec::new(), 0, 0);
        for at in 0..self.tokens.len() {
            numbers.push(number);
            end = end.max(self.ends.get(&at).copied().unwrap_or(at));
            let is_last = self.text(at) == ";" || FIRST_WORDS.contains(&self.text(at + 1));
            if end <= at && is_last && !FIRST_WORDS.contains(&self.text(at)) {
                number += 1;
            }
        }
        numbers
    }

    /// Returns, for each statement, the short names of what the script declares for itself. The most frequent ones are the shortest.
    fn short_names(&self, statements: &[usize]) -> Vec<BTreeMap<String, String>> {
        let count = statements.last().map_or(0, |last| last + 1);
        let (mut kept, mut of_module) = (BTreeSet::from(KEPT.map(str::to_owned)), BTreeSet::new());
        let (mut local, mut used) = (vec![BTreeSet::new(); count], vec![BTreeMap::<&str, usize>::new(); count]);
        let mut end = 0;
        for (at, token) in self.tokens.iter().enumerate() {
            let is_outside = end <= at;
            self.declare(at, if is_outside && token.text != "(" { &mut of_module } else { &mut local[statements[at]] });
            end = end.max(self.ends.get(&at).copied().unwrap_or(at));
            if self.inside[at] == Braces::Exports {
                kept.insert(token.text.clone());
            } else if self.text(at) == "export" {
                let words = (at + 1..at + 4).map(|after| self.text(after).to_owned());
                kept.extend(words.take_while(|word| word.chars().all(is_word)));
            }
            if self.text(at) == "import" && self.text(at + 1) != "(" {
                // A local namesake keeps its name too: which of the two is meant depends on scopes, which are not read.
                let words = (at + 1..self.tokens.len()).take_while(|after| self.tokens[*after].kind != Kind::Literal);
                kept.extend(words.filter(|word| self.text(word + 1) != "as").map(|word| self.text(word).to_owned()));
            }
            if token.kind == Kind::Word && !self.is_property(at) {
                *used[statements[at]].entry(&token.text).or_default() += 1;
            }
        }
        let mut all = BTreeMap::<&str, usize>::new();
        for (name, count) in used.iter().flatten() {
            *all.entry(name).or_default() += count;
        }
        let is_of_module = |name: &str| of_module.contains(name) && !kept.contains(name);
        let letters = (LOCAL_NAMES..).map(short_name).filter(|short| !all.contains_key(short.as_str()));
        let module: BTreeMap<_, _> = by_frequency(&all, is_of_module).zip(letters).collect();
        let of_statement = |(local, used): (&BTreeSet<String>, &BTreeMap<&str, usize>)| {
            let mut names: BTreeMap<_, _> = module
                .iter()
                .filter(|(name, _)| used.contains_key(name.as_str()))
                .map(|(name, short)| (name.clone(), short.clone()))
                .collect();
            let is_local = |name: &str| local.contains(name) && !kept.contains(name) && !of_module.contains(name);
            let taken: BTreeSet<_> = names.values().cloned().collect();
            let is_free =
                |short: &String| !taken.contains(short) && (is_local(short) || !used.contains_key(short.as_str()));
            names.extend(by_frequency(used, is_local).zip((0..).map(short_name).filter(is_free)));
            names
        };
        local.iter().zip(&used).map(of_statement).collect()
    }

    /// Collects the names that a token declares.
    fn declare(&self, at: usize, names: &mut BTreeSet<String>) {
        match self.text(at) {
            _ if self.is_property(at) => {}
            "const" | "let" | "var" => self.bind_all(at + 1, names),
            "function" | "class" if self.text(at + 1) != "(" => drop(self.bind(at + 1, names)),
            "(" => {
                let end = self.ends[&at];
                let is_function = self.text(end + 1) == "{" && !BEFORE_CONDITIONS.contains(&self.before(at));
                if is_function || self.text(end + 1) == "=>" {
                    self.bind_all(at + 1, names);
                }
            }
            _ => {}
        }
    }

    /// Collects the names of a list: `a, { b: [c], d } = {}, ...e`.
    fn bind_all(&self, mut at: usize, names: &mut BTreeSet<String>) {
        loop {
            at = self.bind(at, names);
            if self.text(at) == "=" {
                at = self.value_end(at + 1);
            }
            if self.text(at) != "," {
                return;
            }
            at += 1;
        }
    }

    /// Collects the names of a pattern, and returns where it ends.
    fn bind(&self, at: usize, names: &mut BTreeSet<String>) -> usize {
        match self.text(at) {
            "..." => self.bind(at + 1, names),
            "{" | "[" => {
                self.bind_all(at + 1, names);
                self.ends[&at] + 1
            }
            // An empty place of a pattern, or its end.
            "," | "]" | "}" | ")" => at,
            _ if self.text(at + 1) == ":" => self.bind(at + 2, names),
            name => {
                names.insert(name.to_owned());
                at + 1
            }
        }
    }

    fn value_end(&self, mut at: usize) -> usize {
        while at < self.tokens.len() && ![",", ";", ")", "]", "}"].contains(&self.text(at)) {
            at = self.ends.get(&at).copied().unwrap_or(at + 1);
            if [")", "]", "}"].contains(&self.text(at)) {
                at += 1;
            }
        }
        at
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

/// The names of a table that fit, the most frequent ones first.
fn by_frequency(used: &BTreeMap<&str, usize>, fits: impl Fn(&str) -> bool) -> impl Iterator<Item = String> {
    let mut names: Vec<_> =
        used.iter().filter(|(name, _)| fits(name)).map(|(name, count)| (Reverse(*count), (*name).to_owned())).collect();
    names.sort();
    names.into_iter().map(|(_, name)| name)
}

/// The short names that are left to locals: the small letters.
const LOCAL_NAMES: usize = 26;

/// `a` to `z`, `A` to `Z`, then `aa` and so on, without words of the language.
fn short_name(number: usize) -> String {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let letter = char::from(LETTERS[number % LETTERS.len()]);
    match number / LETTERS.len() {
        0 => letter.to_string(),
        // A capital: no word of the language has one.
        rest => format!("{letter}{}", short_name(rest + LOCAL_NAMES - 1)),
    }
}
