//! TLS on the way to PostgreSQL, always with the server's certificate and name checked.

use std::path::Path;

use rustls_tokio_postgres::{MakeRustlsConnect, config_from_ca_cert, config_webpki_roots};
use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};

use super::sql::Failure;

/// Nothing is sent to another machine without TLS, unless the address itself says `sslmode=disable`.
/// On this machine TLS is used where the address asks for it.
pub(super) fn demand(config: &mut Config) {
    if config.get_ssl_mode() == SslMode::Prefer {
        let mode = if stays_here(config) { SslMode::Disable } else { SslMode::Require };
        config.ssl_mode(mode);
    }
}

fn stays_here(config: &Config) -> bool {
    let hosts = config.get_hosts().iter().all(|host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    });
    hosts && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
}

/// Checks certificates against `authority`, a PEM file, or against the public authorities.
pub(super) fn connector(authority: Option<&Path>) -> Result<MakeRustlsConnect, Failure> {
    let config = match authority {
        None => config_webpki_roots(),
        Some(path) => config_from_ca_cert(path)
            .map_err(|error| Failure::Refused(format!("postgres_authority {}: {error}", path.display())))?,
    };
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_reached_by_tls_only() {
        let mode = |address: &str| {
            let mut config: Config = address.parse().expect("an address");
            demand(&mut config);
            config.get_ssl_mode()
        };
        assert_eq!(mode("postgresql://relay@db.example.ee/relay"), SslMode::Require);
        assert_eq!(mode("host=localhost hostaddr=203.0.113.5"), SslMode::Require);
        assert_eq!(mode("host=/run/postgresql user=relay"), SslMode::Disable);
        assert_eq!(mode("postgresql://relay@[::1]/relay"), SslMode::Disable);
        assert_eq!(mode("postgresql://relay@localhost/relay?sslmode=require"), SslMode::Require);
        assert_eq!(mode("postgresql://relay@10.0.0.5/relay?sslmode=disable"), SslMode::Disable);
    }
}
