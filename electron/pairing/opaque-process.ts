// Entry of the OPAQUE process: one request in, one response out.
import { answerOpaque } from './opaque-core.ts';

process.parentPort.on('message', (event) => {
  void answerOpaque(event.data).then((response) => {
    if (response) process.parentPort.postMessage(response);
  });
});
