//! Finds the route of a path and a method as API Gateway does.

use crate::template::Route;

/// The template's routes, sorted for lookup.
#[derive(Debug)]
pub(crate) struct Routes {
    resources: Vec<Resource>,
}

/// One path and the routes of its methods.
#[derive(Debug)]
pub(crate) struct Resource {
    segments: Vec<Segment>,
    routes: Vec<Route>,
}

// The order is the order of precedence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Literal(String),
    /// `{bookId}`
    Variable(String),
    /// `{proxy+}`: this segment and all after it.
    Rest(String),
}

/// A resource, and the values of its variables, percent-encoded as they were sent.
pub(crate) type Found<'a> = (&'a Resource, Vec<(String, String)>);

impl Routes {
    pub(crate) fn new(routes: &[Route]) -> Self {
        let mut resources: Vec<Resource> = Vec::new();
        for route in routes {
            let segments: Vec<_> = segments(&route.path).map(Segment::read).collect();
            match resources.iter_mut().find(|resource| resource.segments == segments) {
                Some(resource) => resource.routes.push(route.clone()),
                None => resources.push(Resource { segments, routes: vec![route.clone()] }),
            }
        }
        resources.sort_by(|a, b| a.segments.cmp(&b.segments));
        Routes { resources }
    }

    /// Returns the resource at `path`. As in API Gateway, a slash at the end makes no difference.
    pub(crate) fn find(&self, path: &str) -> Option<Found<'_>> {
        self.resources.iter().find_map(|resource| Some((resource, resource.variables(path)?)))
    }
}

impl Resource {
    /// Returns the route of `method`, or of `ANY`.
    pub(crate) fn route(&self, method: &str) -> Option<&Route> {
        let of = |name: &str| self.routes.iter().find(|route| route.method == name);
        of(method).or_else(|| of("ANY"))
    }

    fn variables(&self, path: &str) -> Option<Vec<(String, String)>> {
        let mut given = segments(path);
        let mut variables = Vec::new();
        for segment in &self.segments {
            let text = given.next()?;
            match segment {
                Segment::Literal(literal) if literal == text => {}
                Segment::Literal(_) => return None,
                Segment::Variable(name) if !text.is_empty() => variables.push((name.clone(), text.to_owned())),
                Segment::Variable(_) => return None,
                Segment::Rest(name) => {
                    let rest = given.by_ref().fold(text.to_owned(), |rest, text| rest + "/" + text);
                    variables.push((name.clone(), rest));
                }
            }
        }
        given.next().is_none().then_some(variables)
    }
}

impl Segment {
    fn read(text: &str) -> Self {
        match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            None => Segment::Literal(text.to_owned()),
            Some(name) => match name.strip_suffix('+') {
                Some(name) => Segment::Rest(name.to_owned()),
                None => Segment::Variable(name.to_owned()),
            },
        }
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('/').unwrap_or(path).trim_end_matches('/').split('/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn routes(list: &[&str]) -> Routes {
        let route = |line: &&str| {
            let (method, path) = line.split_once(' ').expect("a method and a path");
            Route {
                method: method.into(),
                path: path.into(),
                function: "F".into(),
                binary: "f".into(),
                key_required: false,
                timeout: Duration::ZERO,
                streamed: false,
            }
        };
        Routes::new(&list.iter().map(route).collect::<Vec<_>>())
    }

    fn found(routes: &Routes, method: &str, path: &str) -> Option<String> {
        let (resource, variables) = routes.find(path)?;
        let variables: Vec<_> = variables.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        Some(resource.route(method)?.path.clone() + &variables.concat())
    }

    #[test]
    fn a_literal_precedes_a_variable_and_a_variable_precedes_the_rest() {
        let routes = routes(&["GET /{proxy+}", "GET /users/{id}", "GET /users/me", "GET /users/{id}/picture"]);
        let get = |path| found(&routes, "GET", path);
        assert_eq!(get("/users/me").as_deref(), Some("/users/me"));
        assert_eq!(get("/users/7").as_deref(), Some("/users/{id} id=7"));
        assert_eq!(get("/users/me/picture").as_deref(), Some("/users/{id}/picture id=me"));
        assert_eq!(get("/a/b//c").as_deref(), Some("/{proxy+} proxy=a/b//c"));
    }

    #[test]
    fn a_path_answers_only_its_own_methods() {
        let routes = routes(&["GET /books", "POST /books", "ANY /all"]);
        assert!(found(&routes, "POST", "/books").is_some());
        assert!(found(&routes, "HEAD", "/books").is_none());
        assert!(found(&routes, "PURGE", "/all").is_some());
    }

    #[test]
    fn variables_stay_encoded_and_are_never_empty() {
        let routes = routes(&["GET /books/{id}", "GET /"]);
        assert_eq!(found(&routes, "GET", "/books/%2F%00").as_deref(), Some("/books/{id} id=%2F%00"));
        assert_eq!(found(&routes, "GET", "/books/"), None);
        assert_eq!(found(&routes, "GET", "/books/1/").as_deref(), Some("/books/{id} id=1"));
        assert_eq!(found(&routes, "GET", "/").as_deref(), Some("/"));
        assert_eq!(found(&routes, "GET", "").as_deref(), Some("/"));
    }
}
