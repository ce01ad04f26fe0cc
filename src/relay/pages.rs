//! Answers: pages in the theme's shell, with the headers that keep a browser from harm.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};

use crate::{
    forms::{
        Catalogue,
        html::{self, Page, Problem},
    },
    language::Lang,
};

/// A page in the theme's shell.
pub(crate) fn page(catalogue: &Catalogue, lang: Lang, status: StatusCode, page: &Page) -> Response {
    let mut response = Response::new(Body::from(catalogue.page(lang, page)));
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, "text/html; charset=utf-8");
    response
}

/// The page that says what is in the way; `wait` in seconds where trying again helps.
pub(crate) fn problem(catalogue: &Catalogue, lang: Lang, problem: Problem, wait: Option<u64>) -> Response {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = page(catalogue, lang, status, &html::problem(lang, problem, catalogue.office()));
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, wait.into());
    }
    response
}

/// The page with the button that confirms an address.
pub(crate) fn confirm_address(lang: Lang, action: &str) -> Page {
    let (title, text, button) = match lang.as_str() {
        "et" => (
            "Kinnitage oma e-posti aadress",
            "Vajutage nuppu, et kinnitada aadress, millele kirja saite.",
            "Kinnitan aadressi",
        ),
        "ru" => (
            "Подтвердите адрес электронной почты",
            "Нажмите кнопку, чтобы подтвердить адрес, на который пришло письмо.",
            "Подтвердить адрес",
        ),
        _ => (
            "Confirm your e-mail address",
            "Press the button to confirm the address that the mail came to.",
            "Confirm the address",
        ),
    };
    let (action, title) = (html::escape(action), title.to_owned());
    let form = format!(
        "<form class=\"form\" method=\"post\" action=\"{action}\"><p>{text}</p><p class=\"form-buttons\"><button class=\"button\">{button}</button></p></form>"
    );
    Page { body: format!("<h1>{title}</h1>{form}"), title }
}

/// Sends the browser on with a GET, so that reloading the next page sends nothing again.
pub(crate) fn see_other(path: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    set(&mut response, header::LOCATION, path);
    response
}

/// A script of ours; it changes with the program, so that it is kept for a short time only.
pub(crate) fn script(text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    set(&mut response, header::CONTENT_TYPE, "text/javascript; charset=utf-8");
    set(&mut response, header::CACHE_CONTROL, "public, max-age=3600");
    response
}

/// JSON.
pub(crate) fn json(value: &impl serde::Serialize) -> Response {
    let mut response = Response::new(Body::from(serde_json::to_vec(value).unwrap_or_default()));
    set(&mut response, header::CONTENT_TYPE, "application/json");
    response
}

fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// The headers that every answer carries.
#[derive(Clone)]
pub(crate) struct Guard(Arc<HeaderMap>);

impl Guard {
    /// Styles, scripts, fonts and pictures come from the relay's own address and the `sites`, and
    /// from nowhere else; nothing inline, no frames, and forms are sent to the relay only.
    pub(crate) fn new(sites: &[String]) -> Self {
        let own = format!("'self' {}", sites.join(" "));
        let policy = format!(
            "default-src 'none'; style-src {own}; script-src {own}; img-src {own}; font-src {own}; \
             connect-src {own}; manifest-src {own}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        );
        let fixed = [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            // Not `no-referrer`: browsers would then say `Origin: null` when the form is sent.
            ("referrer-policy", "same-origin"),
            ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
            ("cross-origin-opener-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
            ("cache-control", "no-store"),
        ];
        let mut headers: HeaderMap = fixed
            .into_iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        Self(Arc::new(headers))
    }

    /// Puts them on an answer; what the answer says of itself stays.
    pub(crate) fn dress(&self, mut response: Response) -> Response {
        let own = std::mem::replace(response.headers_mut(), HeaderMap::clone(&self.0));
        for (name, value) in &own {
            response.headers_mut().insert(name, value.clone());
        }
        response
    }
}
