importScripts('/longwire.service-worker.js');

self.longwire.serveWebPush(self, { name: 'worker' });
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
