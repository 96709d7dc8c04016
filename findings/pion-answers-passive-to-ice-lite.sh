#!/usr/bin/env bash
# pion/webrtc 4.2.26 answers an SDP offer with `a=ice-lite` and `a=setup:actpass` with `a=setup:passive`. It answers the
# same offer without `a=ice-lite` with `a=setup:active`, which RFC 5763, section 5, recommends to answerers. A program that
# takes "the answerer is the DTLS client" for granted never connects: both sides wait as servers.
#
# Observed with pion/webrtc 4.2.26, answers to a=setup:actpass:
#   with a=ice-lite: passive
#   without: active
# Needs Go. Exits with 1 when the output differs.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

cat > main.go << 'GO'
package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pion/webrtc/v4"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func setupOf(lite bool) string {
	lines := []string{"v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"}
	if lite {
		lines = append(lines, "a=ice-lite")
	}
	lines = append(lines, "a=group:BUNDLE 0", "m=audio 9 UDP/TLS/RTP/SAVPF 100", "c=IN IP4 127.0.0.1", "a=mid:0",
		"a=recvonly", "a=ice-ufrag:abcdefgh", "a=ice-pwd:abcdefghijklmnopqrstuvwx",
		"a=fingerprint:sha-256 "+strings.TrimSuffix(strings.Repeat("AB:", 32), ":"),
		"a=setup:actpass", "a=rtcp-mux", "a=rtpmap:100 opus/48000/2", "")
	connection, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	check(err)
	offer := webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: strings.Join(lines, "\r\n")}
	check(connection.SetRemoteDescription(offer))
	answer, err := connection.CreateAnswer(nil)
	check(err)
	return regexp.MustCompile(`a=setup:(\w+)`).FindStringSubmatch(answer.SDP)[1]
}

func main() {
	fmt.Printf("with a=ice-lite: %s\nwithout: %s\n", setupOf(true), setupOf(false))
}
GO
go mod init finding > log 2>&1
go get github.com/pion/webrtc/v4@v4.2.26 >> log 2>&1
output=$(go run .)
echo "$output"
[ "$output" = $'with a=ice-lite: passive\nwithout: active' ]
