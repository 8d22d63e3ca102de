// Served as /sw.js, with longwire.service-worker.js of the package beside it.
importScripts('/longwire.service-worker.js');

self.longwire.serveWebPush(self, { name: 'APP_ID' });

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
