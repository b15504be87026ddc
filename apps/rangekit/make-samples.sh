#!/usr/bin/env bash
# Makes the sample library: videos whose picture tells its own time, for people (a clock) and for tests (along the
# lower edge, five squares: the whole seconds in binary, modulo 32, lowest bit on the right). Two are short. The third
# is longer than what a browser buffers, so that a seek shows as another request; it has a cover, and subtitles next
# to it. Takes some ten minutes. Arguments: the videos to make; default: all.
set -euo pipefail
cd "$(dirname "$0")/samples"

# The same bytes each time that the same ffmpeg makes them.
exact=(-map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact -movflags +faststart)

time_filter() {
  local bit x
  printf %s "drawtext=text='%{pts\:hms}':fontsize=64:fontcolor=white:box=1:boxcolor=black@0.7:boxborderw=12:x=24:y=h-96"
  for bit in 4 3 2 1 0; do
    x=$((420 + (4 - bit) * 40))
    printf %s ",drawbox=x=$x:y=310:w=40:h=40:color=black:t=fill"
    printf %s ",drawbox=x=$x:y=310:w=40:h=40:color=white:t=fill:enable='mod(floor(t/pow(2\,$bit))\,2)'"
  done
  printf %s ',format=yuv420p'
}

make_short() {
  local name=$1 seconds=$2 background=$3 tone=$4
  ffmpeg -hide_banner -loglevel error -y \
    -f lavfi -i "$background" \
    -f lavfi -i "sine=frequency=$tone:beep_factor=4:duration=$seconds" \
    -vf "$(time_filter)" \
    -c:v libx264 -preset veryslow -crf 30 -g 50 -c:a aac -b:a 48k -ac 1 "${exact[@]}" "$name"
}

clock() {
  make_short 'Clock__7f3a91c2-5d1e-4b8a.mp4' 30 'testsrc2=size=640x360:rate=25:duration=30' 440
}

plasma() {
  make_short 'Plasma_Clock__c04e6b17-92aa-4f0d.mp4' 20 'gradients=size=640x360:rate=25:duration=20:n=4:speed=0.02:c0=navy:c1=teal:c2=purple:c3=orange' 330
}

# Four minutes into the valley of the seahorses, at a nearly constant bitrate.
deep_zoom() {
  local name='Deep_Zoom__9d2b40e5-3c77-4a1f.mp4'
  local zoom='mandelbrot=size=1280x720:rate=20:start_scale=2.6:end_scale=0.000003:end_pts=4800:maxiter=2500:inner=black'
  local colours='scale=640:360:flags=area,format=gbrp,extractplanes=r,format=yuv444p,pseudocolor=preset=magma,hqdn3d=4:3:8:6,format=yuv420p'
  local chord='sin(2*PI*110*t)+sin(2*PI*164.8*t)+sin(2*PI*220.3*t)+0.5*sin(2*PI*277.2*t)'
  local parts
  parts=$(mktemp -d)
  trap 'rm -rf "$parts"' RETURN
  ffmpeg -hide_banner -loglevel error -y -f lavfi -i "$zoom" -t 240 -vf "$colours" -c:v libx264 -preset fast -crf 8 "$parts/plain.mp4"
  ffmpeg -hide_banner -loglevel error -y -ss 64 -i "$parts/plain.mp4" -frames:v 1 -vf scale=480:270 -q:v 4 "$parts/cover.jpg"
  ffmpeg -hide_banner -loglevel error -y -i "$parts/plain.mp4" -i "$parts/cover.jpg" \
    -f lavfi -i "aevalsrc='0.06*(0.6+0.4*sin(2*PI*t/20))*($chord)':duration=240:sample_rate=44100" \
    -map 0:v -map 2:a -map 1:v -filter:v:0 "$(time_filter)" \
    -c:v:0 libx264 -preset slow -b:v:0 170k -maxrate:v:0 220k -bufsize:v:0 600k -g:v:0 100 \
    -c:a aac -b:a 32k -ac 1 -c:v:1 copy -disposition:v:1 attached_pic "${exact[@]}" "$name"
}

[ $# -gt 0 ] || set -- clock plasma deep_zoom
for video; do "$video"; done
