#!/usr/bin/env bash
# An archive in shares, on any scheduler, with three commands. Here the shares run one after
# another; docs/clusters.md shows the same as a Slurm array and as a Kubernetes job.
# usage: examples/shards.sh ARCHIVE OUT [N]
set -euo pipefail
archive=$1 out=$2 n=${3:-8}
newstance=${NEWSTANCE_PROGRAM:-target/release/newstance}

folders=()
for i in $(seq "$n"); do
  "$newstance" annotate "$archive" --shard "$i/$n" --resume -o "$out/shard-$i" --progress none
  folders+=("$out/shard-$i")
done
"$newstance" aggregate "${folders[@]}" -o "$out/tables"
"$newstance" report "$out/tables"
