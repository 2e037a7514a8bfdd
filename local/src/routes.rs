//! Finds the route of a path and a method as API Gateway does: in its tree of resources.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::template::Route;

/// The template's routes, in the tree that API Gateway makes of their paths.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    root: Resource,
}

/// A resource: one path. It has no routes if only the paths below it have some.
#[derive(Debug, Default)]
pub(crate) struct Resource {
    routes: Vec<Route>,
    /// `books`
    literals: BTreeMap<String, Resource>,
    /// `{bookId}`, or `{proxy+}` for this segment and all after it.
    variable: Option<(Variable, Box<Resource>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Variable {
    name: String,
    is_greedy: bool,
}

/// A resource, and the values of its variables, percent-encoded as they were sent.
pub(crate) type Found<'a> = (&'a Resource, Vec<(String, String)>);

impl Routes {
    /// Makes the tree.
    ///
    /// # Errors
    /// If API Gateway would refuse a path.
    pub(crate) fn new(routes: &[Route]) -> Result<Self> {
        let mut tree = Routes::default();
        for route in routes {
            let mut resource = &mut tree.root;
            for segment in segments(&route.path) {
                resource = resource.child(segment).map_err(|problem| Error::template(&route.function, problem))?;
            }
            resource.routes.push(route.clone());
        }
        Ok(tree)
    }

    /// Returns the resource at `path`. A slash at the end makes no difference.
    ///
    /// At each level a literal precedes a variable, whatever is below it: API Gateway does not look further. (Developer
    /// guide, "Set up a method request": "a method request against a specific resource takes precedence over a method
    /// request against a generic resource at the same level of the resource hierarchy".)
    pub(crate) fn find(&self, path: &str) -> Option<Found<'_>> {
        let (mut resource, mut variables) = (&self.root, Vec::new());
        let mut given = segments(path);
        while let Some(segment) = given.next() {
            if let Some(child) = resource.literals.get(segment) {
                resource = child;
                continue;
            }
            let (variable, child) = resource.variable.as_ref().filter(|_| !segment.is_empty())?;
            let mut value = segment.to_owned();
            if variable.is_greedy {
                value = given.by_ref().fold(value, |value, segment| value + "/" + segment);
            }
            variables.push((variable.name.clone(), value));
            resource = child;
        }
        Some((resource, variables))
    }
}

impl Resource {
    /// Returns the route of `method`, or of `ANY`.
    pub(crate) fn route(&self, method: &str) -> Option<&Route> {
        let of = |name: &str| self.routes.iter().find(|route| route.method == name);
        of(method).or_else(|| of("ANY"))
    }

    /// Returns the path of its routes, if it has routes.
    pub(crate) fn path(&self) -> Option<&str> {
        self.routes.first().map(|route| route.path.as_str())
    }

    /// Returns the child resource for a segment of a path. Creates it if it does not exist.
    fn child(&mut self, segment: &str) -> Result<&mut Resource, String> {
        let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            // Developer guide, "Important notes".
            let is_permitted = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.,:".contains(&byte);
            if segment.is_empty() || !segment.bytes().all(is_permitted) {
                return Err(format!("API Gateway takes no resource {segment:?}"));
            }
            return Ok(self.literals.entry(segment.to_owned()).or_default());
        };
        let greedy = name.strip_suffix('+');
        let variable = Variable { name: greedy.unwrap_or(name).to_owned(), is_greedy: greedy.is_some() };
        let (known, child) = self.variable.get_or_insert_with(|| (variable.clone(), Box::default()));
        if *known != variable {
            return Err(format!(
                "API Gateway takes one variable a level, but {segment} stands beside {{{}}}",
                known.name
            ));
        }
        Ok(child)
    }
}

/// Returns the segments of a path without the slash at its end. The root has none.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path);
    path.split('/').filter(move |_| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn tree(list: &[&str]) -> Result<Routes> {
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

    fn routes(list: &[&str]) -> Routes {
        tree(list).expect("API Gateway takes them")
    }

    fn found(routes: &Routes, method: &str, path: &str) -> Option<String> {
        let (resource, variables) = routes.find(path)?;
        let variables: Vec<_> = variables.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        Some(resource.route(method)?.path.clone() + &variables.concat())
    }

    #[test]
    fn aw16_a_literal_precedes_a_variable_and_the_tree_is_not_searched_again() {
        let routes = routes(&[
            "GET /users/{id}",
            "GET /users/me",
            "GET /users/{id}/picture",
            "PUT /users/me/picture",
            "GET /users/by-username/{name}",
        ]);
        let get = |path| found(&routes, "GET", path);
        assert_eq!(get("/users/me").as_deref(), Some("/users/me"));
        assert_eq!(get("/users/7").as_deref(), Some("/users/{id} id=7"));
        assert_eq!(get("/users/7/picture").as_deref(), Some("/users/{id}/picture id=7"));
        assert_eq!(get("/users/by-username/jane").as_deref(), Some("/users/by-username/{name} name=jane"));
        // A resource without a method, and one without this method.
        assert_eq!(get("/users/by-username"), None);
        assert_eq!(get("/users/me/picture"), None);
        assert_eq!(found(&routes, "PUT", "/users/me/picture").as_deref(), Some("/users/me/picture"));
        assert_eq!(get("/users/by-username/jane/picture"), None);
        assert_eq!(get("/users"), None);
    }

    #[test]
    fn aw16_a_greedy_variable_stands_for_what_is_beside_no_literal() {
        let routes = routes(&["GET /{proxy+}", "GET /books", "POST /books/{id}"]);
        let get = |path| found(&routes, "GET", path);
        assert_eq!(get("/a/b//c").as_deref(), Some("/{proxy+} proxy=a/b//c"));
        assert_eq!(get("/books").as_deref(), Some("/books"));
        assert_eq!(get("/books/1"), None);
        assert_eq!(get("/books/1/pages"), None);
        assert_eq!(get("/"), None);
    }

    #[test]
    fn a_path_answers_only_its_own_methods() {
        let routes = routes(&["GET /books", "POST /books", "ANY /all"]);
        assert!(found(&routes, "POST", "/books").is_some());
        assert!(found(&routes, "HEAD", "/books").is_none());
        assert!(found(&routes, "PURGE", "/all").is_some());
    }

    #[test]
    fn fc9_one_slash_at_the_end_makes_no_difference_and_variables_stay_encoded() {
        let routes = routes(&["GET /books/{id}", "GET /"]);
        assert_eq!(found(&routes, "GET", "/books/%2F%00").as_deref(), Some("/books/{id} id=%2F%00"));
        assert_eq!(found(&routes, "GET", "/books/"), None);
        assert_eq!(found(&routes, "GET", "/books//"), None);
        assert_eq!(found(&routes, "GET", "/books/1/").as_deref(), Some("/books/{id} id=1"));
        assert_eq!(found(&routes, "GET", "/books/1//"), None);
        assert_eq!(found(&routes, "GET", "/").as_deref(), Some("/"));
        assert_eq!(found(&routes, "GET", "").as_deref(), Some("/"));
        assert_eq!(found(&routes, "GET", "//"), None);
    }

    #[test]
    fn aw16_a_path_that_api_gateway_would_not_take_is_refused() {
        let said = |list: &[&str]| tree(list).expect_err("refused").to_string();
        assert!(said(&["GET /users/{id}", "GET /users/{userId}/picture"]).contains("{userId} stands beside {id}"));
        assert!(said(&["GET /books/{id"]).contains("no resource \"{id\""));
        assert!(said(&["GET /books//pages"]).contains("no resource \"\""));
        assert!(said(&["GET /b;ooks"]).contains("no resource \"b;ooks\""));
        assert!(tree(&["GET /.well-known/jwks.json"]).is_ok());
    }
}
