#!/usr/bin/env bash
# A CPU libtorch 2.4.0 for `newstance-torch`, cut from the wheels of libtorch.txt. Linux on x86-64.
#
#     eval "$(bash crates/newstance-torch/libtorch.sh [FOLDER])"
#
# prints the variables that the build needs. FOLDER (default: newstance/libtorch-2.4.0-cpu in the
# user's cache) is filled by the first call, and checked by every later one, which downloads nothing.
# A libtorch that is there already, for CUDA too, needs no call: docs/torch.md.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/newstance/libtorch-2.4.0-cpu}

fail() { echo "libtorch.sh: $*" >&2; exit 1; }

[ "$(uname -sm)" = "Linux x86_64" ] || fail "this cuts a libtorch for Linux on x86-64, not for $(uname -sm); docs/torch.md tells how to use another one"

# The wheels are 812 MB, of which 531 MB are kept.
fill() {
  python3 -m pip --version > /dev/null 2>&1 || fail "python3 with pip is needed to fetch the wheels"
  mkdir -p "$(dirname "$folder")"
  local partial
  partial=$(mktemp -d "$folder.XXXXXX")
  # shellcheck disable=SC2064  # the name of now
  trap "rm -rf '$partial'" EXIT
  echo "fetching the wheels of libtorch.txt (812 MB) ..." >&2
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    --implementation cp --python-version 3.11 --abi cp311 --abi none --platform manylinux1_x86_64 \
    --dest "$partial/wheels" --requirement "$here/libtorch.txt" >&2
  echo "cutting libtorch out of them ..." >&2
  python3 - "$partial" <<'PYTHON'
import pathlib, re, shutil, sys, zipfile

folder = pathlib.Path(sys.argv[1])
wanted = [
    (r"torch/(include/.+)", r"\1"),
    (r"torch/lib/(libtorch_cpu\.so|libc10\.so|libgomp-.*\.so\.1)", r"lib/\1"),
    (r"nvidia/cuda_cupti/lib/(libcupti\.so\.12)", r"lib/\1"),
    (r"nvidia/cuda_runtime/lib/(libcudart\.so\.12)", r"lib/\1"),
    (r"torch-2\.4\.0\.dist-info/(LICENSE|NOTICE)", r"\1"),
]
for wheel in sorted((folder / "wheels").iterdir()):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            for pattern, target in wanted:
                found = re.fullmatch(pattern, name)
                if found and not name.endswith("/"):
                    path = folder / found.expand(target)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    with archive.open(name) as source, open(path, "wb") as sink:
                        shutil.copyfileobj(source, sink, 1 << 20)
shutil.rmtree(folder / "wheels")
# The wheel's own libtorch.so would ask for CUDA.
(folder / "lib/libtorch.so").symlink_to("libtorch_cpu.so")
(folder / "build-version").write_text("2.4.0\n")
PYTHON
  (cd "$partial" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum > ../"$(basename "$partial")".sums)
  mv "$partial.sums" "$partial/SHA256SUMS"
  chmod 755 "$partial"
  mv -T "$partial" "$folder"
}

[ -e "$folder/SHA256SUMS" ] || fill
(cd "$folder" && sha256sum --check --quiet SHA256SUMS >&2) ||
  fail "\`$folder\` is not what was put there: remove it and call again"

printf 'export LIBTORCH=%q\nexport LIBTORCH_CXX11_ABI=0\n' "$folder"
