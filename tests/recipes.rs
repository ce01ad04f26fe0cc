//! The recipes for CI in docs/ci: what their scripts do in a repository, with this program and local folders.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use super::{driver::Site, inspector::SITE};

/// The scripts of a recipe by the name of their job (GitLab) or step (GitHub), read by their indents.
fn scripts(file: &str) -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci").join(file);
    let text = fs::read_to_string(path).unwrap();
    let (mut scripts, mut name) = (BTreeMap::new(), String::new());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let indent = |line: &str| line.len() - line.trim_start().len();
        if indent(line) == 0 && line.ends_with(':') {
            name = line.trim_end_matches(':').to_owned();
        } else if let Some(step) = line.trim().strip_prefix("- name: ") {
            name = step.to_owned();
        }
        let block = match line.trim() {
            "script:" | "run: |" => true,
            command => {
                if let Some(command) = command.strip_prefix("run: ") {
                    scripts.insert(name.clone(), command.to_owned());
                }
                false
            }
        };
        if block {
            let mut script = String::new();
            while let Some(inside) = lines.next_if(|inside| indent(inside) > indent(line)) {
                let inside = inside.trim();
                script += inside.strip_prefix("- ").unwrap_or(inside);
                script += "\n";
            }
            scripts.insert(name.clone(), script);
        }
    }
    scripts
}

/// A site in a repository, and the folders of a web server.
struct Repository {
    site: Site,
    scripts: BTreeMap<String, String>,
    server: PathBuf,
}

impl Repository {
    fn new(recipe: &str) -> Self {
        let site = Site::with(SITE);
        let server = site.around().join("server");
        fs::create_dir(&server).unwrap();
        let this = Self { site, scripts: scripts(recipe), server };
        this.git("init --quiet --initial-branch main");
        this.commit("Algus");
        this
    }

    fn git(&self, arguments: &str) {
        let git = Command::new("git").args(arguments.split(' ')).current_dir(self.site.root()).output().unwrap();
        assert!(git.status.success(), "{arguments}: {}", String::from_utf8_lossy(&git.stderr));
    }

    fn commit(&self, message: &str) {
        self.git("add .");
        self.git(&format!("-c user.name=Mari -c user.email=mari@kadaka.example commit --quiet -m {message}"));
    }

    /// Runs a script as CI does, in a fresh clone of the branch: nothing but what was committed is there, and what
    /// an earlier script of the same run left.
    fn run(&self, name: &str, branch: &str, number: u32) -> Output {
        let clone = self.site.around().join(format!("{branch}-{number}").replace('/', "-"));
        if !clone.exists() {
            self.git(&format!("clone --quiet --branch {branch} . {}", clone.display()));
        }
        let program = Path::new(env!("CARGO_BIN_EXE_raekoda")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let slug = branch.to_lowercase().replace('/', "-");
        Command::new("bash")
            .args(["-e", "-o", "pipefail", "-c", &self.scripts[name]])
            .current_dir(&clone)
            .env("PATH", path)
            .env("DEPLOY_TO", self.server.join("public"))
            .env("PREVIEW_TO", self.server.join("previews"))
            .env("PREVIEW_HOST", "preview.kadaka.example")
            .env("ON", "")
            .env("DEPLOY_KEY", "a key")
            .env("BRANCH", branch)
            .env("CI_COMMIT_REF_SLUG", slug)
            .env("CI_COMMIT_SHORT_SHA", "0a1b2c3d")
            .env("CI_PIPELINE_IID", number.to_string())
            .env("GITHUB_SHA", "0a1b2c3d4e5f")
            .env("GITHUB_RUN_NUMBER", number.to_string())
            .output()
            .unwrap()
    }

    #[track_caller]
    fn fine(&self, name: &str, branch: &str, number: u32) {
        let output = self.run(name, branch, number);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn served(&self, path: &str) -> String {
        fs::read_to_string(self.server.join(path)).unwrap_or_default()
    }
}

fn publishes_and_keeps_previews(recipe: &str) {
    let repository = Repository::new(recipe);
    for number in 1..=7 {
        for script in ["check", "build", "publish"] {
            repository.fine(script, "main", number);
        }
    }
    assert!(repository.served("public/current/index.html").contains("https://"), "published");
    assert!(repository.served("public/current/sbom.cdx.json").contains("CycloneDX"));
    let mut kept: Vec<_> =
        fs::read_dir(repository.server.join("public/releases")).unwrap().flatten().map(|e| e.file_name()).collect();
    kept.sort();
    assert_eq!(kept, ["3-0a1b2c3d", "4-0a1b2c3d", "5-0a1b2c3d", "6-0a1b2c3d", "7-0a1b2c3d"]);

    repository.git("checkout --quiet -b Talv/uus");
    repository
        .site
        .write("content/uus.md", "+++\ntitle = \"Uus leht\"\npublished = 2026-01-05\ndraft = true\n+++\nTulekul.\n");
    repository.commit("Uus");
    for number in 1..=2 {
        repository.fine("preview", "Talv/uus", number);
    }
    let preview = repository.served("previews/talv-uus/uus/index.html");
    assert!(
        preview.contains("Uus leht") && preview.contains("https://talv-uus.preview.kadaka.example/uus"),
        "{preview}"
    );
    assert!(!repository.server.join("public/current/uus").exists());
    repository.fine("preview-end", "Talv/uus", 2);
    assert!(!repository.server.join("previews/talv-uus").exists());

    // What must not be public does not get past the first script.
    repository
        .site
        .write("content/uus.md", "+++\ntitle = \"Uus leht\"\npublished = 2026-01-05\n+++\nKood 36805280109.\n");
    repository.commit("Kood");
    let refused = repository.run("check", "Talv/uus", 3);
    assert_eq!(refused.status.code(), Some(1), "{}", String::from_utf8_lossy(&refused.stdout));
}

#[test]
fn the_recipe_for_gitlab_publishes_and_keeps_previews() {
    publishes_and_keeps_previews("gitlab.yml");
}

#[test]
fn the_recipe_for_github_publishes_and_keeps_previews() {
    publishes_and_keeps_previews("github.yml");
}
