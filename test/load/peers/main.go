// Command peers runs the WebRTC peers of benchmarks: ICE, DTLS and SRTP, each over a UDP socket of its own. It reads
// orders as lines of JSON from its standard input and writes an answer to each. The first line that it writes is the
// fingerprint of the certificate of all peers. It ends with its standard input.
package main

import (
	"bufio"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
)

// order is a request of the benchmark.
type order struct {
	ID int `json:"id"`
	// Op is connect, speak, silence, count or close.
	Op   string `json:"op"`
	Peer int    `json:"peer"`
	// Transport is the server's side, for connect.
	Transport transport `json:"transport"`
	// Talk is for speak.
	Talk talk `json:"talk"`
}

// answer is the answer to the order with the same id.
type answer struct {
	ID      int    `json:"id"`
	Error   string `json:"error,omitempty"`
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
	Sent    uint64 `json:"sent"`
}

// peers are the peers of this process by their number.
type peers struct {
	mutex       sync.Mutex
	byNumber    map[int]*peer
	certificate tls.Certificate
}

func main() {
	certificate, err := selfsign.GenerateSelfSigned()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	all := &peers{byNumber: map[int]*peer{}, certificate: certificate}
	output := json.NewEncoder(os.Stdout)
	var writing sync.Mutex
	write := func(line any) {
		writing.Lock()
		defer writing.Unlock()
		_ = output.Encode(line)
	}
	write(map[string]string{"fingerprint": fingerprintOf(certificate)})

	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 1<<24)
	for input.Scan() {
		var next order
		if err := json.Unmarshal(input.Bytes(), &next); err != nil {
			fmt.Fprintln(os.Stderr, "invalid order:", err)
			os.Exit(1)
		}
		go func() {
			result := answer{ID: next.ID}
			if err := all.carryOut(next, &result); err != nil {
				result.Error = err.Error()
			}
			write(result)
		}()
	}
}

// carryOut does what the order says and writes figures into the result.
func (p *peers) carryOut(next order, result *answer) error {
	p.mutex.Lock()
	one := p.byNumber[next.Peer]
	p.mutex.Unlock()
	switch next.Op {
	case "connect":
		connected, err := connect(next.Transport, p.certificate)
		if err != nil {
			return err
		}
		p.mutex.Lock()
		defer p.mutex.Unlock()
		p.byNumber[next.Peer] = connected
		return nil
	case "speak":
		return one.speak(next.Talk)
	case "silence":
		one.silence()
		return nil
	case "count":
		p.mutex.Lock()
		defer p.mutex.Unlock()
		for _, each := range p.byNumber {
			result.Packets += each.packets.Load()
			result.Bytes += each.bytes.Load()
			result.Sent += each.sent.Load()
		}
		return nil
	case "close":
		p.mutex.Lock()
		defer p.mutex.Unlock()
		for number, each := range p.byNumber {
			each.close()
			delete(p.byNumber, number)
		}
		return nil
	}
	return fmt.Errorf("unknown order %q", next.Op)
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
