//! The answer to preflights (Fetch Standard, "CORS-preflight fetch"): the API's own `OPTIONS` methods.

use std::collections::BTreeSet;

use serde_json::Value;

use super::api::unquoted;

/// The `OPTIONS` methods of an API. Each has the same mock integration, which answers without a function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preflight {
    /// The paths that have it.
    pub paths: BTreeSet<String>,
    /// The headers of the answer: names and values.
    pub headers: Vec<(String, String)>,
    /// The origins that the answer permits. As for a function, `http://localhost:*` is every port.
    pub origins: Vec<String>,
}

/// What is before and after the list of origins in the template of the answer. The runner knows this one template;
/// `tests/template/` has it run by an interpreter of its language (VTL).
const BEFORE: &str = "#set($permitted = \"\") #foreach($allowed in [";
const AFTER: &str = "]) #if($allowed == $input.params().header.origin || $allowed == $input.params().header.Origin)\
    #set($permitted = $allowed)#end #end \
    #if($permitted != \"\")#set($context.responseOverride.header.Access-Control-Allow-Origin = $permitted)#end";

impl Preflight {
    /// Reads the `OPTIONS` methods of an API's definition.
    pub(super) fn read(definition: &Value) -> Result<Option<Self>, String> {
        let mut preflight: Option<Preflight> = None;
        for (path, item) in definition["paths"].as_object().into_iter().flatten() {
            let Some(method) = item.get("options") else { continue };
            let Preflight { headers, origins, .. } = Self::of_method(method).map_err(|why| format!("{path}: {why}"))?;
            let all =
                preflight.get_or_insert_with(|| Preflight { headers: headers.clone(), origins, ..Self::default() });
            if all.headers != headers {
                return Err(format!("{path}: its OPTIONS differs from the others"));
            }
            all.paths.insert(path.clone());
        }
        Ok(preflight)
    }

    fn of_method(method: &Value) -> Result<Self, String> {
        let integration = &method["x-amazon-apigateway-integration"];
        let answer = &integration["responses"]["default"];
        if integration["type"] != "mock"
            || integration["requestTemplates"]["application/json"] != "{\"statusCode\":200}"
        {
            return Err("the runner knows OPTIONS methods with a mock integration for the status 200".into());
        }
        let declared = |name: &str| method["responses"]["200"]["headers"].get(name).is_some();
        let mut headers = Vec::new();
        for (name, value) in answer["responseParameters"].as_object().into_iter().flatten() {
            let name = name.strip_prefix("method.response.header.").filter(|name| declared(name));
            let value = value.as_str().and_then(unquoted);
            headers.push((
                name.ok_or("OPTIONS should declare each header of its answer")?.to_owned(),
                value.ok_or("the headers of OPTIONS should be quoted")?,
            ));
        }
        let template = answer["responseTemplates"]["application/json"].as_str().unwrap_or_default();
        let list = template.strip_prefix(BEFORE).and_then(|rest| rest.strip_suffix(AFTER));
        let origins = list.and_then(|list| serde_json::from_str(&format!("[{list}]")).ok());
        let origins = origins.filter(|_| declared("Access-Control-Allow-Origin"));
        let origins = origins.ok_or("the runner does not know this template of the answer to OPTIONS")?;
        Ok(Preflight { headers, origins, ..Self::default() })
    }
}
