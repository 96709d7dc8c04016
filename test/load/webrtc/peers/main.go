// Command peers runs the WebRTC peers of benchmarks: ICE, DTLS and SRTP, each over a UDP socket of its own. Its greeting
// is the fingerprint of the certificate of all peers.
package main

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"ambient/test/load/webrtc/load"

	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
)

func main() {
	certificate, err := selfsign.GenerateSelfSigned()
	if err == nil {
		greeting := map[string]string{"fingerprint": fingerprintOf(certificate)}
		err = load.Serve(greeting, func(to json.RawMessage) (load.Peer, error) {
			var server transport
			if err := json.Unmarshal(to, &server); err != nil {
				return nil, err
			}
			return connect(server, certificate)
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// fingerprintOf returns the SHA-256 fingerprint in the form of SDP.
func fingerprintOf(certificate tls.Certificate) string {
	digest := sha256.Sum256(certificate.Certificate[0])
	parts := make([]string, len(digest))
	for i, value := range digest {
		parts[i] = fmt.Sprintf("%02X", value)
	}
	return strings.Join(parts, ":")
}
