// Rooms with Socket.IO, over WebSocket alone.
// node socketio.js PORT; the room is in the query.
const { Server } = require('socket.io');

const server = new Server(Number(process.argv[2]), { transports: ['websocket'] });

server.on('connection', (socket) => {
  const { room } = socket.handshake.query;
  socket.join(room);
  socket.on('message', (text) => socket.to(room).emit('message', text));
});
