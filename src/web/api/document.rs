//! The OpenAPI document: what every operation has in common is added here once, so that no operation
//! can forget it.

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContactBuilder, ContentBuilder, InfoBuilder, OpenApi, Ref, RefOr, Required};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::web::problem::Problem;

const ABOUT: &str = "The operators' API of an Agent Factory gateway. A bearer token opens it; what \
    a token may not see does not exist for it. Lists come in pages: ask for `next` as `after`. A \
    POST with an `Idempotency-Key` may be sent again for a day. A PUT names by `If-Match` what it \
    replaces. Problems follow RFC 9457 and have a stable `code`.";

/// The document with what its operations share.
pub(super) fn finished(mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("Agent Factory gateway")
        .version("1")
        .description(Some(ABOUT))
        .contact(Some(
            ContactBuilder::new().name(Some("Agent Factory")).build(),
        ))
        .build();
    let components = document.components.get_or_insert_default();
    components
        .schemas
        .insert(Problem::name().into_owned(), Problem::schema());
    let mut nested = Vec::new();
    Problem::schemas(&mut nested);
    components.schemas.extend(nested);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "A token made at `/api/v1/tokens` or `/api/v1/tenants/{tenant}/tokens`",
        ))
        .build();
    components
        .security_schemes
        .insert("token".to_owned(), RefOr::T(SecurityScheme::Http(bearer)));
    document.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(
        "token",
        [],
    )]);
    for (path, item) in &mut document.paths.paths {
        finish_item(path, item);
    }
    document
}

fn finish_item(path: &str, item: &mut PathItem) {
    for operation in [&mut item.get, &mut item.put, &mut item.post]
        .into_iter()
        .flatten()
    {
        let problem = problem_response();
        let responses = &mut operation.responses.responses;
        responses.insert("default".to_owned(), RefOr::T(problem));
        for name in placeholders(path) {
            add(
                operation,
                parameter(name, ParameterIn::Path, Required::True, place_of(name)),
            );
        }
    }
    if let Some(operation) = &mut item.post {
        let about = "Send it again with the same key, and the first answer comes again";
        add(
            operation,
            parameter(
                "Idempotency-Key",
                ParameterIn::Header,
                Required::False,
                about,
            ),
        );
    }
    if let Some(operation) = &mut item.put {
        let about = "The ETag of what is replaced";
        add(
            operation,
            parameter("If-Match", ParameterIn::Header, Required::True, about),
        );
    }
}

fn place_of(name: &str) -> &'static str {
    match name {
        "tenant" => "The tenant's slug",
        "agent" => "The agent's slug or id",
        _ => "An id",
    }
}

fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn add(operation: &mut Operation, parameter: Parameter) {
    let parameters = operation.parameters.get_or_insert_default();
    parameters.retain(|known| match known {
        RefOr::T(known) => known.name != parameter.name,
        RefOr::Ref(_) => true,
    });
    parameters.push(RefOr::T(parameter));
}

fn parameter(name: &str, place: ParameterIn, required: Required, about: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(about))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

fn problem_response() -> Response {
    let schema = Ref::from_schema_name(Problem::name().into_owned());
    ResponseBuilder::new()
        .description("A problem, with a stable code")
        .content(
            "application/problem+json",
            ContentBuilder::new().schema(Some(schema)).build(),
        )
        .build()
}
