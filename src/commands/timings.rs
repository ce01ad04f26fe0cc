//! How long the stages took.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// The stages of a run, with the time on the wall and of all processors.
#[derive(Debug)]
pub(super) struct Timings {
    stages: Vec<(&'static str, Duration, Duration)>,
    wall: Instant,
    cpu: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self { stages: Vec::new(), wall: Instant::now(), cpu: cpu() }
    }
}

impl Timings {
    /// A stage ends here.
    pub(super) fn stage(&mut self, name: &'static str) {
        let (wall, now) = (Instant::now(), cpu());
        self.stages.push((name, wall - self.wall, now.saturating_sub(self.cpu)));
        (self.wall, self.cpu) = (wall, now);
    }

    /// A table of the stages.
    pub(super) fn table(&self) -> String {
        use std::fmt::Write as _;
        let mut table = format!("{:<12}{:>10}{:>10}\n", "stage", "wall ms", "cpu ms");
        let mut line = |name: &str, wall: Duration, cpu: Duration| {
            let ms = |time: Duration| time.as_secs_f64() * 1000.0;
            let _ = writeln!(table, "{name:<12}{:>10.1}{:>10.1}", ms(wall), ms(cpu));
        };
        for (name, wall, cpu) in &self.stages {
            line(name, *wall, *cpu);
        }
        line("total", self.stages.iter().map(|s| s.1).sum(), self.stages.iter().map(|s| s.2).sum());
        table
    }
}

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}
