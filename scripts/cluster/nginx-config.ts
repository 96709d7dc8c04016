/** Ports of 127.0.0.1, and the folder of NGINX's files. */
export interface NginxPlan {
  readonly folder: string
  readonly port: number
  readonly nodePorts: readonly number[]
}

/**
 * A configuration of NGINX for one machine, without TLS: everybody in a show goes to the same node, and to another one
 * when that node is gone, drains or is full. nginx/templates/ has the one for operators.
 */
export function nginxConfig({ folder, port, nodePorts }: NginxPlan): string {
  const upstreams = nodePorts.map(nodePort => `    server 127.0.0.1:${nodePort} max_fails=0;`).join('\n')
  return `
pid ${folder}/nginx.pid;
error_log ${folder}/nginx.log;
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  client_max_body_size 101m;
  map $uri $show_in_path {
    default "";
    "~^/v1/shows/(?<show>[^/]+)" $show;
  }
  map $arg_showId$show_in_path $way {
    default $arg_showId$show_in_path;
    "" $remote_addr;
  }
  map $http_upgrade $connection_header {
    default upgrade;
    "" "";
  }
  upstream nodes {
    hash $way consistent;
${upstreams}
  }
  upstream node_sockets {
    hash $way consistent;
${upstreams}
  }
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_header;
    proxy_connect_timeout 1s;
    proxy_read_timeout 60s;
    location / {
      proxy_pass http://nodes;
    }
    location ^~ /socket.io/ {
      proxy_pass http://node_sockets;
      proxy_next_upstream error timeout http_503;
    }
  }
}
`
}
