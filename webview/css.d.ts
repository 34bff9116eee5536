// esbuild gathers style sheets beside the bundle.
declare module '*.css';
