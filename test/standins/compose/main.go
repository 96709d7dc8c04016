// Loads compose files with the library of `docker compose config`, and prints the project as JSON. The arguments are
// the files, separated by colons as in COMPOSE_FILE, and the profiles. Variables come from the environment only.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/compose-spec/compose-go/v2/utils"
)

func main() {
	var files []types.ConfigFile
	for _, file := range filepath.SplitList(os.Args[1]) {
		files = append(files, types.ConfigFile{Filename: file})
	}
	project, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  filepath.Dir(files[0].Filename),
		ConfigFiles: files,
		Environment: utils.GetAsEqualsMap(os.Environ()),
	}, loader.WithProfiles(os.Args[2:]))
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(project)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
