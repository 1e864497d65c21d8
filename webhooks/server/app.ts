import express, { type Express, type Request, type Response } from 'express';
import { PATHS } from '../paths.ts';

type Route = (request: Request, response: Response) => Promise<void>;

/** The routes: POST to the two webhooks; anything else is told what there is. */
export function createApp(routes: { readonly mutate: Route; readonly validate: Route }): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.post(PATHS.mutate, routes.mutate);
  app.post(PATHS.validate, routes.validate);
  app.all([PATHS.mutate, PATHS.validate], (_request: Request, response: Response) => {
    response.set('allow', 'POST').status(405).type('text/plain').send('only POST of an AdmissionReview\n');
  });
  app.use((_request: Request, response: Response) => {
    response
      .status(404)
      .type('text/plain')
      .send(`not found; there are: ${Object.values(PATHS).join(' ')}\n`);
  });
  return app;
}
