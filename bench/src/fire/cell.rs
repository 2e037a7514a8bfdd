//! What a thing may be, as far as its only writer knows.

/// A thing that one person writes. An acknowledged write says what it is; a write without an answer says what it may be as well.
#[derive(Debug, Clone)]
pub(crate) struct Cell<T> {
    possible: Vec<T>,
}

impl<T: PartialEq + Clone> Cell<T> {
    pub(crate) fn new(value: T) -> Self {
        Cell { possible: vec![value] }
    }

    /// An acknowledged write.
    pub(crate) fn set(&mut self, value: T) {
        self.possible = vec![value];
    }

    /// A write without an answer.
    pub(crate) fn maybe(&mut self, value: T) {
        if !self.possible.contains(&value) {
            self.possible.push(value);
        }
    }

    /// A clear answer that it is not this, if it may be something else.
    pub(crate) fn rule_out(&mut self, value: &T) {
        if self.possible.len() > 1 {
            self.possible.retain(|possible| possible != value);
        }
    }

    pub(crate) fn may_be(&self, value: &T) -> bool {
        self.possible.contains(value)
    }

    pub(crate) fn is_only(&self, value: &T) -> bool {
        self.possible.len() == 1 && self.may_be(value)
    }

    /// Returns all that it may be, what was written last at the end.
    pub(crate) fn all(&self) -> &[T] {
        &self.possible
    }
}
