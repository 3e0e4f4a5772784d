//! What overrides the settings file.

use std::path::PathBuf;

use clap::Args;

/// Where settings come from.
#[derive(Debug, Args)]
pub(crate) struct SettingsArgs {
    /// Settings file [default: newstance.toml where there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,

    /// Override one setting, such as `stance.threshold=0.6`, or give a role to a model that was
    /// added, such as `stance=NAME` (kept in run.json)
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,

    /// Model bundle [default: that of the settings, else models/default]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) bundle: Option<PathBuf>,

    /// Backend of all models, `encoder` or `torch` [default: that of the bundle]
    #[arg(long, value_name = "NAME")]
    pub(crate) backend: Option<String>,

    /// Where the backend `torch` computes: `cpu`, `cuda` or `cuda:1` [default: cpu]
    #[arg(long, value_name = "DEVICE")]
    pub(crate) device: Option<String>,

    /// Threads [default: one a core]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
}

impl SettingsArgs {
    /// What overrides the settings file, as `--set` would have it.
    pub(crate) fn overrides(&self) -> Vec<String> {
        let flag = |key: &str, value: Option<String>| value.map(|value| format!("{key}={value}"));
        let bundle = self.bundle.as_ref().map(|folder| folder.display().to_string());
        let flags = [
            flag("models.bundle", bundle),
            flag("models.backend", self.backend.clone()),
            flag("models.device", self.device.clone()),
        ];
        self.set.iter().cloned().chain(flags.into_iter().flatten()).collect()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::SettingsArgs;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        settings: SettingsArgs,
    }

    #[test]
    fn every_flag_that_overrides_a_setting_is_told() {
        let typed =
            "x --set stance.threshold=0.6 --bundle b --backend torch --device cuda:1 --threads 2";
        let line = Line::parse_from(typed.split_whitespace());
        assert_eq!(
            line.settings.overrides(),
            [
                "stance.threshold=0.6",
                "models.bundle=b",
                "models.backend=torch",
                "models.device=cuda:1"
            ]
        );
    }
}
