//! The example municipality on real servers: nginx, Caddy and Apache answer old and new addresses alike.
//! A server that is not installed is passed over; `tests/run` installs all three.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::driver::Site;

/// A server that ends with the test.
struct Server {
    name: &'static str,
    port: u16,
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Told to end, a server ends its workers too.
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn program(names: &[&str]) -> Option<PathBuf> {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/local/bin"];
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| Path::new(folder).join(name)))
        .find(|path| path.exists())
}

fn settings(site: &Site, arguments: &[&str]) -> String {
    let mut all = vec!["hosting"];
    all.extend(arguments);
    // The text as it is: a server needs the real paths.
    let output = site.raekoda().args(&all).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn start(name: &'static str, port: u16, command: &mut Command) -> Server {
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let server = Server { name, port, child };
    let until = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < until, "{name} does not listen");
        std::thread::yield_now();
    }
    server
}

fn nginx(site: &Site) -> Option<Server> {
    let program = program(&["nginx"])?;
    let (port, around) = (free_port(), site.around());
    let root = site.out();
    let text = settings(
        site,
        &["nginx", site.root().to_str()?, "--root", root.to_str()?, "--listen", &format!("127.0.0.1:{port}")],
    );
    let whole = format!(
        "daemon off; pid {0}/nginx.pid; error_log {0}/nginx.log; events {{}}\nhttp {{ include /etc/nginx/mime.types; access_log off;\n\
         client_body_temp_path {0}/nb; proxy_temp_path {0}/np; fastcgi_temp_path {0}/nf; uwsgi_temp_path {0}/nu; scgi_temp_path {0}/ns;\n{text}}}\n",
        around.display()
    );
    let user =
        if std::os::unix::fs::MetadataExt::uid(&fs::metadata(around).unwrap()) == 0 { "user root;\n" } else { "" };
    let file = around.join("nginx.conf");
    fs::write(&file, format!("{user}{whole}")).unwrap();
    Some(start("nginx", port, Command::new(program).arg("-c").arg(file)))
}

fn caddy(site: &Site) -> Option<Server> {
    let program = program(&["caddy"])?;
    let (port, around) = (free_port(), site.around());
    let listen = format!("http://127.0.0.1:{port}");
    let root = site.out();
    let text = settings(site, &["caddy", site.root().to_str()?, "--root", root.to_str()?, "--listen", &listen]);
    let file = around.join("Caddyfile");
    fs::write(&file, format!("{{\n admin off\n auto_https off\n}}\n{text}")).unwrap();
    let mut command = Command::new(program);
    command
        .args(["run", "--adapter", "caddyfile", "--config"])
        .arg(file)
        .env("XDG_DATA_HOME", around)
        .env("XDG_CONFIG_HOME", around);
    Some(start("caddy", port, &mut command))
}

fn apache(site: &Site) -> Option<Server> {
    let program = program(&["apache2"])?;
    let (port, around, root) = (free_port(), site.around(), site.out());
    let modules = ["mpm_event", "authz_core", "dir", "mime", "rewrite", "headers"]
        .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
        .concat();
    let (around, root) = (around.display(), root.display());
    let text = format!(
        "ServerRoot /etc/apache2\nPidFile {around}/apache.pid\nErrorLog {around}/apache.log\nListen 127.0.0.1:{port}\n\
         ServerName localhost\nMutex file:{around} default\n{modules}TypesConfig /etc/mime.types\nDocumentRoot {root}\n\
         <Directory {root}>\nAllowOverride All\nRequire all granted\n</Directory>\n"
    );
    let file = site.around().join("httpd.conf");
    fs::write(&file, text).unwrap();
    Some(start("apache", port, Command::new(program).arg("-DFOREGROUND").arg("-f").arg(file)))
}

/// The status and the headers, in lower case, of an answer.
fn ask(server: &Server, address: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    write!(stream, "GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", server.port).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let head = text.split("\r\n\r\n").next().unwrap_or_default().to_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, head)
}

fn header(head: &str, name: &str) -> String {
    let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{}:", name.to_lowercase())));
    line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

#[test]
fn servers_answer_old_and_new_addresses() {
    let site = Site::example();
    assert_eq!(site.build(&[]).code, Some(0));
    let mut table: Vec<(String, u16, String)> = include_str!("hosting/addresses.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut parts = line.split(' ');
            let address = parts.next().unwrap().to_owned();
            (address, parts.next().unwrap().parse().unwrap(), parts.next().unwrap_or_default().to_owned())
        })
        .collect();
    let sitemap = fs::read_to_string(site.out().join("sitemap.xml")).unwrap();
    let pages = sitemap.split("<loc>https://www.kadakavald.example").skip(1).filter_map(|rest| rest.split('<').next());
    table.extend(pages.map(|page| (page.to_owned(), 200, String::new())));
    assert!(table.len() > 300, "{}", table.len());

    let mut wrong = Vec::new();
    for server in [nginx(&site), caddy(&site), apache(&site)].into_iter().flatten() {
        for (address, status, to) in &table {
            let (got, head) = ask(&server, address);
            let location = header(&head, "Location");
            let location = location.strip_prefix(&format!("http://127.0.0.1:{}", server.port)).unwrap_or(&location);
            if got != *status || location != to {
                wrong.push(format!("{}: {address} gave {got} {location}, not {status} {to}", server.name));
            }
            if !header(&head, "Content-Security-Policy").starts_with("default-src 'none'")
                || header(&head, "X-Content-Type-Options") != "nosniff"
                || header(&head, "Strict-Transport-Security").is_empty()
            {
                wrong.push(format!("{}: {address} lacks a header: {head}", server.name));
            }
        }
        let cached = |address: &str| header(&ask(&server, address).1, "Cache-Control");
        assert_eq!(cached("/uudised"), "no-cache", "{}", server.name);
        let names = fs::read_dir(site.out().join("assets")).unwrap().map(|file| file.unwrap().file_name());
        let style = names.map(|name| name.into_string().unwrap()).find(|name| name.ends_with(".css")).unwrap();
        let head = ask(&server, &format!("/assets/{style}")).1;
        assert!(header(&head, "Cache-Control").contains("immutable"), "{}: {head}", server.name);
        assert!(
            header(&ask(&server, "/sundmused.ics").1, "Content-Type").starts_with("text/calendar"),
            "{}",
            server.name
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
