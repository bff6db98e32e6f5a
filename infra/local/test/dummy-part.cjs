// Stands for a service in the tests of the supervisor: ready when asked, ends when told over HTTP.
const http = require('node:http');

http
  .createServer((request, response) => {
    if (request.url === '/end') process.exit(3);
    if (request.url === '/metrics')
      response.end('mandate_consumer_lag{topic="a"} 2\nmandate_consumer_lag{topic="b"} 3\n');
    else response.end(JSON.stringify({ name: process.env.KAFKA_USERNAME ?? 'sample-app', pid: process.pid }));
  })
  .listen(Number(process.env.HTTP_PORT), '127.0.0.1', () => console.log('listening'));
process.on('SIGTERM', () => process.exit(0));
