// Package load serves benchmarks: it reads orders for peers as lines of JSON and answers each of them.
package load

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
)

const maxOrderBytes = 1 << 24

// Peer is one connected peer of a server.
type Peer interface {
	// Send sends an Opus packet that begins after a number of samples since the last one.
	Send(payload []byte, samples uint32, talk *Talk) error
	Close()
	Counts() *Counts
}

// Counts are the media packets of a peer.
type Counts struct {
	// Packets and Bytes are those that arrived; the bytes include headers and tags.
	Packets, Bytes, Sent atomic.Uint64
}

type order struct {
	ID int `json:"id"`
	// Op is connect, speak, silence, count or close.
	Op   string `json:"op"`
	Peer int    `json:"peer"`
	// To says where to connect.
	To   json.RawMessage `json:"to"`
	Talk Talk            `json:"talk"`
}

type answer struct {
	ID      int    `json:"id"`
	Error   string `json:"error,omitempty"`
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
	Sent    uint64 `json:"sent"`
}

type connectedPeer struct {
	Peer
	talking *Talking
}

type server struct {
	mutex   sync.Mutex
	peers   map[int]*connectedPeer
	connect func(to json.RawMessage) (Peer, error)
}

// Serve writes a greeting and carries out orders until the standard input ends.
func Serve(greeting any, connect func(to json.RawMessage) (Peer, error)) error {
	s := &server{peers: map[int]*connectedPeer{}, connect: connect}
	output := json.NewEncoder(os.Stdout)
	var writing sync.Mutex
	write := func(line any) {
		writing.Lock()
		defer writing.Unlock()
		_ = output.Encode(line)
	}
	write(greeting)
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, maxOrderBytes)
	for input.Scan() {
		var next order
		if err := json.Unmarshal(input.Bytes(), &next); err != nil {
			return fmt.Errorf("invalid order: %w", err)
		}
		go func() {
			result := answer{ID: next.ID}
			if err := s.carryOut(next, &result); err != nil {
				result.Error = err.Error()
			}
			write(result)
		}()
	}
	if err := input.Err(); err != nil && err != io.EOF {
		return err
	}
	return nil
}

// carryOut does what the order says and writes figures into the result.
func (s *server) carryOut(next order, result *answer) error {
	if next.Op == "connect" {
		peer, err := s.connect(next.To)
		if err != nil {
			return err
		}
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.peers[next.Peer] = &connectedPeer{Peer: peer}
		return nil
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	switch next.Op {
	case "speak":
		peer := s.peers[next.Peer]
		if peer == nil {
			return fmt.Errorf("there is no peer %d", next.Peer)
		}
		talking, err := Start(peer.Peer, next.Talk)
		peer.talking = talking
		return err
	case "silence":
		if peer := s.peers[next.Peer]; peer != nil {
			peer.talking.Stop()
		}
	case "count":
		for _, peer := range s.peers {
			result.Packets += peer.Counts().Packets.Load()
			result.Bytes += peer.Counts().Bytes.Load()
			result.Sent += peer.Counts().Sent.Load()
		}
	case "close":
		for number, peer := range s.peers {
			peer.talking.Stop()
			peer.Close()
			delete(s.peers, number)
		}
	default:
		return fmt.Errorf("unknown order %q", next.Op)
	}
	return nil
}
