//! Extractors: the parts of a request that a handler uses. Each part is parsed once. If it is invalid, the request ends
//! with a problem document that names the part.

mod body;
mod conditional;
mod fields;
mod idempotency;
mod json;
mod path;
pub(crate) mod query;

use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

pub use body::{Body, whole_body};
pub use conditional::{IfNoneMatch, Precondition};
pub(crate) use fields::NOT_KNOWN;
pub use idempotency::{IDEMPOTENCY_KEY, IdempotencyKey};
pub use path::Path;
pub use query::Query;

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn header_parameter(name: &str, description: &str, schema: ObjectBuilder) -> Parameter {
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(Required::False);
    parameter.description(Some(description)).schema(Some(schema)).build()
}
