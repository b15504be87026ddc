#!/usr/bin/env bash
# Makes the sample library: two short videos whose picture tells its own time, for people (a clock) and for
# tests (along the lower edge, five squares: the whole seconds in binary, lowest bit on the right).
set -euo pipefail
cd "$(dirname "$0")/samples"

make_video() {
  local name=$1 seconds=$2 background=$3 tone=$4
  local bits='' bit x
  for bit in 4 3 2 1 0; do
    x=$((420 + (4 - bit) * 40))
    bits+=",drawbox=x=$x:y=310:w=40:h=40:color=black:t=fill"
    bits+=",drawbox=x=$x:y=310:w=40:h=40:color=white:t=fill:enable='mod(floor(t/pow(2\,$bit))\,2)'"
  done
  ffmpeg -hide_banner -loglevel error -y \
    -f lavfi -i "$background" \
    -f lavfi -i "sine=frequency=$tone:beep_factor=4:duration=$seconds" \
    -vf "drawtext=text='%{pts\:hms}':fontsize=64:fontcolor=white:box=1:boxcolor=black@0.7:boxborderw=12:x=24:y=h-96$bits,format=yuv420p" \
    -c:v libx264 -preset veryslow -crf 30 -g 50 -c:a aac -b:a 48k -ac 1 \
    -movflags +faststart -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact "$name"
}

make_video 'Clock__7f3a91c2-5d1e-4b8a.mp4' 30 'testsrc2=size=640x360:rate=25:duration=30' 440
make_video 'Plasma_Clock__c04e6b17-92aa-4f0d.mp4' 20 'gradients=size=640x360:rate=25:duration=20:n=4:speed=0.02:c0=navy:c1=teal:c2=purple:c3=orange' 330
