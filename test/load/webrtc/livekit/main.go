// Command livekit runs participants of a LiveKit server, each made by LiveKit's own SDK.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"ambient/test/load/webrtc/load"

	"github.com/livekit/protocol/logger"
	lksdk "github.com/livekit/server-sdk-go/v2"
)

func main() {
	logger.SetLogger(logger.GetDiscardLogger(), "livekit")
	lksdk.SetLogger(logger.GetDiscardLogger())
	err := load.Serve(struct{}{}, func(to json.RawMessage) (load.Peer, error) {
		var room roomAddress
		if err := json.Unmarshal(to, &room); err != nil {
			return nil, err
		}
		return join(room)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
