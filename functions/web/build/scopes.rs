//! Finds what a script declares, and where that is known: so names can become short ones.

use std::collections::{BTreeMap, BTreeSet};

use crate::minify::{Braces, Script};
use crate::tokens::{Kind, is_word};

/// Words of the language that may be names, too. They stay.
const KEPT: [&str; 7] = ["as", "async", "from", "get", "of", "set", "static"];

/// A part of a script that has names of its own: the module, a function, a loop or a block.
struct Scope {
    start: usize,
    end: usize,
    names: BTreeSet<String>,
}

impl Script {
    /// Returns the short name of each token that is the name of something that the script declares for itself.
    pub(crate) fn short_names(&self) -> Vec<Option<String>> {
        let scopes = self.scopes();
        let declared_in = self.declared_in(&scopes);
        let exported = self.exported();
        let mut names: Vec<Option<String>> = vec![None; self.tokens.len()];
        // From the outer scopes to the inner ones: names that are used in a scope are taken, and its own get what is left, in their order.
        for (number, scope) in scopes.iter().enumerate() {
            let (mut own, mut taken) = (Vec::new(), BTreeSet::new());
            for at in scope.start..scope.end {
                let name = self.tokens[at].text.as_str();
                match declared_in[at] {
                    Some(other) if other > number => {}
                    Some(other) if other == number && !(number == 0 && exported.contains(name)) => own.push(at),
                    _ => drop(taken.insert(names[at].as_deref().unwrap_or(name).to_owned())),
                }
            }
            let mut free = (0..).map(short_name).filter(|short| !taken.contains(short));
            let mut short = BTreeMap::<&str, String>::new();
            for at in own {
                let name = self.tokens[at].text.as_str();
                if !short.contains_key(name) {
                    short.extend(free.next().map(|free| (name, free)));
                }
                names[at] = short.get(name).cloned();
            }
        }
        names
    }

    /// Returns the scopes, in the order of their starts. The module is the first.
    fn scopes(&self) -> Vec<Scope> {
        let mut scopes = vec![Scope { start: 0, end: self.tokens.len(), names: BTreeSet::new() }];
        let mut open = vec![0];
        for at in 0..self.tokens.len() {
            open.retain(|scope| at < scopes[*scope].end);
            if let Some(end) = self.scope_end(at) {
                open.push(scopes.len());
                scopes.push(Scope { start: at, end, names: BTreeSet::new() });
            }
            if let Some(innermost) = open.last() {
                self.declare(at, &mut scopes[*innermost].names);
            }
        }
        scopes
    }

    /// Returns the scope that declares each token, if that is a name and any scope does.
    fn declared_in(&self, scopes: &[Scope]) -> Vec<Option<usize>> {
        let (mut found, mut open, mut next) = (Vec::new(), Vec::new(), 0);
        for (at, token) in self.tokens.iter().enumerate() {
            open.retain(|scope: &usize| at < scopes[*scope].end);
            while scopes.get(next).is_some_and(|scope| scope.start == at) {
                open.push(next);
                next += 1;
            }
            let is_name = token.kind == Kind::Word && !self.is_property(at) && !KEPT.contains(&token.text.as_str());
            let declares = |scope: &&usize| scopes[**scope].names.contains(&token.text);
            found.push(open.iter().rev().find(declares).copied().filter(|_| is_name));
        }
        found
    }

    /// The names that the module exports.
    fn exported(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for at in 0..self.tokens.len() {
            if self.inside[at] == Braces::Exports {
                names.insert(self.text(at).to_owned());
            } else if self.text(at) == "export" {
                let words = (at + 1..at + 4).take_while(|after| self.text(*after).chars().all(is_word));
                words.for_each(|after| self.declare(after, &mut names));
            }
        }
        names
    }

    /// Returns the end of the scope that a token opens. The parameters of a function and its body are one.
    fn scope_end(&self, at: usize) -> Option<usize> {
        let end = *self.ends.get(&at)?;
        match self.text(at) {
            "(" if self.has_parameters(at) => {
                let body = if self.text(end + 1) == "=>" { end + 2 } else { end + 1 };
                Some(if self.text(body) == "{" { self.ends[&body] + 1 } else { self.value_end(body) })
            }
            "(" if ["await", "for"].contains(&self.before(at)) => Some(self.statement_end(end + 1)),
            "{" if self.braces(at) == Braces::Block && !self.is_body(at) => Some(end + 1),
            _ => None,
        }
    }

    /// Whether a bracket opens the parameters of a function, or what `catch` catches.
    fn has_parameters(&self, at: usize) -> bool {
        let after = self.text(self.ends[&at] + 1);
        after == "=>" || (after == "{" && !BEFORE_CONDITIONS.contains(&self.before(at)))
    }

    fn is_body(&self, at: usize) -> bool {
        let parameters = at.checked_sub(1).and_then(|end| self.starts.get(&end));
        self.before(at) == "=>" || parameters.is_some_and(|start| self.has_parameters(*start))
    }

    /// Collects the names that a token declares.
    fn declare(&self, at: usize, names: &mut BTreeSet<String>) {
        match self.text(at) {
            _ if self.is_property(at) => {}
            "const" | "let" => self.bind_all(at + 1, names),
            "function" | "class" if self.text(at + 1) != "(" => drop(self.bind(at + 1, names)),
            "(" if self.has_parameters(at) => self.bind_all(at + 1, names),
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

    /// Returns the end of an expression: a comma, a semicolon, the second mark of a condition that it stands in, or a closing bracket.
    fn value_end(&self, mut at: usize) -> usize {
        let mut conditions = 0;
        while at < self.tokens.len() && !self.starts.contains_key(&at) {
            match self.text(at) {
                "," | ";" => break,
                ":" if conditions == 0 => break,
                ":" => conditions -= 1,
                "?" => conditions += 1,
                _ => {}
            }
            at = self.after(at);
        }
        at
    }

    /// Returns the end of the statement that is the body of a loop.
    fn statement_end(&self, mut at: usize) -> usize {
        if self.text(at) == "{" {
            return self.ends[&at] + 1;
        }
        if BEFORE_CONDITIONS.contains(&self.text(at)) {
            let condition = if self.text(at + 1) == "await" { at + 2 } else { at + 1 };
            let end = self.statement_end(self.after(condition));
            return if self.text(end) == "else" { self.statement_end(end + 1) } else { end };
        }
        while at < self.tokens.len() && !self.starts.contains_key(&at) && self.text(at) != ";" {
            at = self.after(at);
        }
        at + 1
    }

    /// Returns what follows a token, or the closing bracket of one.
    fn after(&self, mut at: usize) -> usize {
        while let Some(end) = self.ends.get(&at) {
            at = *end;
        }
        at + 1
    }
}

/// Words that a condition follows. `await` is that of `for await`.
pub(crate) const BEFORE_CONDITIONS: [&str; 5] = ["await", "for", "if", "switch", "while"];

/// The letters of short names, those first that the words of scripts have most often: that compresses better.
const LETTERS: &[u8; 52] = b"etnarioslcdhufpmgybvwkxjqzTSAECNLMRIDOFPHBUGVWYKXJQZ";

/// One letter, then two and so on, without words of the language.
fn short_name(number: usize) -> String {
    let letter = char::from(LETTERS[number % LETTERS.len()]);
    match number / LETTERS.len() {
        0 => letter.to_string(),
        // A capital: no word of the language has one.
        rest => format!("{letter}{}", short_name(rest + LETTERS.len() / 2 - 1)),
    }
}
