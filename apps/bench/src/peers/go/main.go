// Command fileserver is Go's own file server: fileserver ROOT ADDRESS
package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	root, address := os.Args[1], os.Args[2]
	log.Fatal(http.ListenAndServe(address, http.FileServer(http.Dir(root))))
}
