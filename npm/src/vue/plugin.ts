import type { App, ObjectPlugin } from "vue";
import { init, type Options } from "../index.ts";
import { trackError } from "../recovery/index.ts";

/** `app.use(mayday, { service: "shop" })`: starts the client, and reports what components and their hooks throw. */
export const mayday: ObjectPlugin<Options> = {
  install(app: App, options: Options = {}) {
    init(options);
    const previous = app.config.errorHandler;
    app.config.errorHandler = (error, instance, info) => {
      const action = instance?.$options.name ?? instance?.$options.__name ?? "vue";
      trackError(error, { action });
      if (previous) previous(error, instance, info);
      // As Vue does where nobody handles errors.
      else console.error(error);
    };
  },
};
